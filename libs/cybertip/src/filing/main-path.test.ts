import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { after, begin, draft, type FilingState, next, openCybertip, perform, toXml, validate } from '../cybertip.ts'
import { minimalReport, now } from '../testing/reports.ts'
import { answering, code, reply } from '../testing/server.ts'

it('a report with a file goes over the wire from draft to receipt, though one finish is cut off', async () => {
  const bytes = Buffer.from('drawn picture')
  const md5 = createHash('md5').update(bytes).digest('hex')
  let finishes = 0
  await using server = await answering(({ path }, response) => {
    switch (path) {
      case '/ispws/submit':
        return reply(response, `${code(0)}<reportId>4564654</reportId>`)
      case '/ispws/upload':
        return reply(response, `${code(0)}<reportId>4564654</reportId><fileId>77</fileId><hash>${md5}</hash>`)
      case '/ispws/fileinfo':
        return reply(response, `${code(0)}<reportId>4564654</reportId>`)
      default:
        finishes += 1
        if (finishes === 1) return response.destroy()
        return reply(response, `${code(5102)}<reportId>4564654</reportId>`, 400)
    }
  })
  const client = openCybertip({ environment: 'sandbox', baseUrl: server.url, username: 'u', password: 'p' })
  const material = {
    report: () => toXml('report', minimalReport),
    file: (localId: string) => ({ fileName: `file-${localId}.bin`, open: () => bytes, sizeBytes: bytes.length }),
    fileDetails: ({ reportId, fileId }: { reportId: string; fileId: string }) => {
      const details = { reportId, fileId, fileViewedByEsp: false }
      expect(validate('fileDetails', details, { now })).toEqual({ ok: true })
      return toXml('fileDetails', details)
    },
  }

  let state: FilingState = draft([{ localId: '1', md5, details: true }])
  for (let action = next(state, now); action.do !== 'nothing' && action.do !== 'wait'; action = next(state, now)) {
    state = begin(state, action)
    state = after(state, action, await perform(client, action, material), now)
  }
  expect(state).toMatchObject({ kind: 'finished', reportId: '4564654', fileIds: ['77'], receipt: 'missing' })
  expect(server.seen.map(({ path }) => path.slice('/ispws'.length))).toEqual([
    '/submit',
    '/upload',
    '/fileinfo',
    '/finish',
    '/finish',
  ])
  expect(server.seen[2]?.body.toString()).toContain('<fileId>77</fileId><fileViewedByEsp>false</fileViewedByEsp>')
})
