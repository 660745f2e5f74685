import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '#base'
import { openLog } from './log.ts'

function written(log: (log: ReturnType<typeof openLog>) => void, level: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = []
  log(openLog({ level, environment: 'sandbox', destination: { write: (line) => void lines.push(line) } }))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('the first line says that nothing is reported, whatever the level', () => {
  for (const level of ['info', 'warn', 'error'] as const) {
    const [first] = written(() => {}, level)
    expect(first).toMatchObject({
      environment: 'sandbox',
      msg: expect.stringContaining('NOTHING IS REPORTED TO NCMEC'),
    })
  }
  const lines: string[] = []
  openLog({ level: 'error', environment: 'production', destination: { write: (line) => void lines.push(line) } })
  expect(lines.join('')).toContain('production')
  expect(lines.join('')).not.toContain('NOTHING')
})

test('fields that hold what must not be written are redacted at every depth; counts and ids pass', () => {
  const fields = {
    case: 'case_01kb3vhx2m',
    entries: 3,
    bytes: 12,
    password: 'hunter2',
    deep: [{ fileName: 'hunter2', md5: 7 }],
    account: { id: 'hunter2' },
    raw: new Uint8Array([1]),
  }
  const [, line] = written((log) => log.info(fields, 'words'))
  expect(line).toMatchObject({
    case: 'case_01kb3vhx2m',
    entries: 3,
    bytes: 12,
    password: '[redacted]',
    deep: [{ fileName: '[redacted]', md5: 7 }],
    account: '[redacted]',
    raw: '[bytes]',
  })
})

test('hashes, addresses and keys are taken out of any text', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(32, 40, 64),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF') }),
      fc.string(),
      (length, seed, around) => {
        const hash = (seed + '0123456789abcdef'.repeat(4)).slice(0, length)
        const text = `${around.replaceAll(/[0-9a-z@]/gi, '')} ${hash} a.b@example.org wl_${'k'.repeat(43)}`
        const [, line] = written((log) => log.warn({ note: text, list: [text] }, text))
        expect(JSON.stringify(line)).not.toMatch(new RegExp(`${hash}|example|kkkk`))
      },
    ),
    { numRuns: 50 },
  )
})

test('a fault speaks, another error only gives its name, its code and its place', () => {
  const cause = Object.assign(new Error('duplicate key (hunter2)'), { code: '23505', detail: 'hunter2' })
  const fault = new Fault('database_unreachable', 'the database does not answer', { retry: 'later', cause })
  const [, line] = written((log) => log.error({ error: fault }, 'a job failed'))
  expect(line).toMatchObject({
    error: {
      error: 'Fault',
      code: 'database_unreachable',
      words: 'the database does not answer',
      cause: { error: 'Error', code: '23505' },
    },
  })
  expect(JSON.stringify(line)).not.toContain('hunter2')
  expect(JSON.stringify(line)).toContain('log.test.ts')
})
