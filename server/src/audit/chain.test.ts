import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonical, chainHash, genesis } from './chain.ts'

const example = {
  id: 'event_06sf8z7kr0000a1b2c3d4e5f6g7h',
  at: 1_780_315_200_000,
  actor: 'wardline',
  act: 'open_evidence',
  subject: 'evidence_06sf8z7kr0000h7g6f5e4d3c2b1a',
  detail: '{"why":"filing"}',
  seq: 1,
}

it('a line is chained as the format’s page shows it', () => {
  const page = readFileSync(new URL('../../../docs/formats/audit-trail.md', import.meta.url), 'utf8')
  const row = /row\(1\) {2}= (.+)/.exec(page)?.[1] ?? ''
  expect(canonical(example)).toBe(row)
  const hash = createHash('sha256')
    .update(`${'0'.repeat(64)}${row}`)
    .digest('hex')
  expect(chainHash(genesis, example)).toBe(hash)
  expect(page).toContain(`hash(1) = ${hash}`)
})

it('no two different lines have the same canonical text', () => {
  const line = fc.record({
    id: fc.string({ unit: 'binary' }),
    at: fc.nat(),
    actor: fc.string({ unit: 'binary' }),
    act: fc.string(),
    subject: fc.string(),
    detail: fc.json({ maxDepth: 1 }),
    seq: fc.nat(),
  })
  fc.assert(
    fc.property(line, fc.constantFrom('id', 'actor', 'act', 'subject', 'detail'), fc.string(), (one, field, text) => {
      fc.pre(one[field] !== text)
      expect(canonical({ ...one, [field]: text })).not.toBe(canonical(one))
      expect(JSON.parse(canonical(one))).toEqual(one)
    }),
  )
})
