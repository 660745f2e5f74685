import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import { ask, basic } from '../lists/caller.ts'
import type { HashSharing } from './hashsharing.ts'
import { startHashSharing } from './hashsharing.ts'
import { readerOf } from './reader.ts'

let clock: StillClock
let server: HashSharing
beforeEach(async () => {
  clock = new StillClock()
  const fingerprints = { md5: '0123456789abcdef'.repeat(2) }
  server = await startHashSharing({ clock, entries: 0, planted: [{ memberId: 7, entryId: 'a/b c', fingerprints }] })
})
afterEach(() => server.close())

const namespace = 'https://hashsharing.ncmec.org/hashsharing/v2'
const affirmative = `<feedbackSubmission xmlns="${namespace}"><affirmative/></feedbackSubmission>`
const negative = (...guids: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><feedbackSubmission xmlns="${namespace}"><negative><reasonIds>${guids.map((guid) => `<guid>${guid}</guid>`).join('')}</reasonIds></negative></feedbackSubmission>`
const put = (
  body: string,
  { type = 'MD5', entry = '7/a%2Fb%20c', contentType = 'application/xml; charset=utf-8' } = {},
) =>
  ask(server, `/hashsharing/v2/entries/${entry}/${type}/feedback`, {
    method: 'PUT',
    body,
    headers: { authorization: basic(server.credentials), 'content-type': contentType },
  })
const reasons = async (type: string) => {
  const { text } = await readerOf(server).get(`/v2/feedback/${type}/reasons`)
  return [...text.matchAll(/guid="([^"]*)" name="[^"]*" type="([^"]*)"/g)].map(([, guid = '', spoken]) => ({
    guid,
    spoken,
  }))
}

test('an affirmation is journaled, shown on the entry, and stamps it anew', async () => {
  await clock.advance(10_000)
  const answer = await put(affirmative)
  expect(answer.status).toBe(200)
  expect(answer.text).toContain('<submissionResult')
  expect(server.inspect().feedback).toEqual([
    {
      when: clock.now(),
      user: 'industry_csam-test',
      byMemberId: 90,
      memberId: 7,
      entryId: 'a/b c',
      type: 'MD5',
      reasons: null,
    },
  ])
  const from = clock.now()
  await clock.advance(5000)
  const page = await readerOf(server).page(readerOf(server).range(from, from))
  expect(page.entries).toMatchObject([{ key: '7 a/b c', affirmed: 1 }])
})

test('a rejection names reasons of its type, and takes the place of what the member said before', async () => {
  const [one, two] = await reasons('MD5')
  expect(one?.spoken).toBe('Md5')
  expect((await reasons('PDQ'))[0]?.spoken).toBe('Pdq')
  await put(affirmative)
  expect((await put(negative(one?.guid ?? '', two?.guid ?? ''))).status).toBe(200)
  const [entry] = server.live()
  expect(entry?.feedback).toMatchObject([{ memberId: 90, type: 'MD5', reasons: [one?.guid, two?.guid] }])
  await clock.advance(5000)
  const { text } = await readerOf(server).get(readerOf(server).range(0, clock.now() - 5000))
  expect(text).toMatch(
    /<negativeFeedback type="Md5" lastUpdateTimestamp="2026-06-01T12:00:00Z"><reasons><reason guid="[^"]*" name="Benign content" type="Md5"\/><members timestamp="2026-06-01T12:00:00Z"><member id="90">/,
  )
  expect(server.inspect().violations).toEqual([])
})

test('feedback that does not stamp the entry is never heard of again', async () => {
  await using quiet = await startHashSharing({ clock, entries: 1, feedbackStamps: false })
  const [entry] = quiet.live()
  const path = `/hashsharing/v2/entries/${entry?.memberId}/${entry?.entryId}/SHA1/feedback`
  const headers = { authorization: basic(quiet.credentials), 'content-type': 'application/xml; charset=utf-8' }
  expect((await ask(quiet, path, { method: 'PUT', body: affirmative, headers })).status).toBe(200)
  expect([...quiet.live()][0]?.timestampMs).toBe(entry?.timestampMs)
})

const wrong: [string, () => Promise<{ status: number }>, number, string][] = [
  ['another content type', () => put(affirmative, { contentType: 'text/xml' }), 415, 'bad_content_type'],
  ['an entry nobody listed', () => put(affirmative, { entry: '8/a%2Fb%20c' }), 404, 'unknown_entry'],
  ['a type in another spelling', () => put(affirmative, { type: 'Md5' }), 404, 'unknown_type'],
  ['half a document', () => put(affirmative.slice(0, 90)), 400, 'bad_body'],
  ['no namespace', () => put('<feedbackSubmission><affirmative/></feedbackSubmission>'), 400, 'bad_body'],
  ['a DOCTYPE', () => put(`<!DOCTYPE feedbackSubmission>${affirmative}`), 400, 'bad_body'],
  ['both at once', () => put(affirmative.replace('<affirmative/>', '<affirmative/><negative/>')), 400, 'bad_body'],
  ['a rejection without reason', () => put(negative()), 400, 'bad_body'],
  ['a reason twice', () => put(negative('x', 'x')), 400, 'bad_body'],
  ['a reason nobody knows', () => put(negative('01234567-abcd-0123-4567-012345678900')), 400, 'unknown_reason'],
]
test.each(wrong)('%s is refused, and changes nothing', async (_, call, status, breach) => {
  expect((await call()).status).toBe(status)
  expect(server.inspect()).toMatchObject({ feedback: [], violations: [{ breach }] })
  expect([...server.live()][0]?.feedback).toEqual([])
})

test('a reason of another type, or of the other twin, is no reason', async () => {
  const [ofPdq] = await reasons('PDQ')
  expect((await put(negative(ofPdq?.guid ?? ''))).status).toBe(400)
  await using production = await startHashSharing({ clock, twin: 'production', entries: 0 })
  const { text } = await readerOf(production).get('/v2/feedback/MD5/reasons')
  expect(text).not.toContain((await reasons('MD5'))[0]?.guid)
})

test('feedback whose answer is lost took effect; whose connection is cut before did not', async () => {
  server.faults.script('feedback', ['drop_before', 'drop_after'])
  await expect(put(affirmative)).rejects.toThrow()
  expect(server.inspect().feedback).toHaveLength(0)
  await expect(put(affirmative)).rejects.toThrow()
  expect(server.inspect().feedback).toHaveLength(1)
})
