import { describe, expect, it } from 'vitest'
import { moveCase, readCase } from '#cases'
import { markSending, planNotice } from '#notices'
import { createReport } from '#reports'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import { fileable } from '../reports/testing.ts'
import { countAppeals, countAppealsOfCases, listAppeals, recordAppeal } from './appeals.ts'

/** A case, and the token of the link in the mail about it. */
async function told(ground: Ground): Promise<{ caseId: string; token: string }> {
  const { clock, vault } = ground
  const { caseId } = await ground.found({
    context: { surface: 'upload', account: { id: '7', email: 'a@example.org' } },
  })
  const policy = { environment: 'sandbox', enabled: true, delayMs: 0, jitterMs: 0, publicUrl: 'http://x.test' } as const
  const begun = await ground.transact(async (tx) => {
    await moveCase(tx, clock, caseId, 'settled')
    const record = fileable(await readCase(tx, vault, caseId))
    const settings = { environment: 'sandbox', reporter: { email: 'trust@example.org' } } as const
    const { reportId } = await createReport(tx, clock, vault, { record, settings })
    const { noticeId } = await planNotice(tx, clock, vault, { reportId, record, finishedAt: clock.now(), policy })
    return markSending(tx, clock, vault, { noticeId, policy })
  })
  if (begun.kind !== 'mail') throw new Error(begun.kind)
  const token = /\/appeals\/(\S+)/.exec(begun.mail.text)?.[1]
  if (token === undefined) throw new Error('no link in the mail')
  return { caseId, token }
}

describe.each(emptyDatabases)('an appeal on %s', (_kind, empty) => {
  it('is recorded on the case, word for word, and sealed in the table', async () => {
    await using ground = await openGround(await empty())
    const { caseId, token } = await told(ground)
    const words = 'It was my cat.\r\n<b>Truly</b> ☂'
    const { appealId } = await ground.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, { token, words }))
    expect(await listAppeals(ground.database.read, ground.vault, caseId)).toMatchObject([
      { id: appealId, words: 'It was my cat.\n<b>Truly</b> ☂', receivedAt: ground.clock.now() },
    ])
    const row = await ground.database.read.selectFrom('appeals').selectAll().executeTakeFirstOrThrow()
    expect(Buffer.from(row.words_sealed).toString('latin1')).not.toContain('my cat')
  })

  it('needs the link, words, and no more than ten thousand characters', async () => {
    await using ground = await openGround(await empty())
    const { token } = await told(ground)
    const say = (words: string, link = token) =>
      ground.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, { token: link, words }))
    await expect(say('hello', `${token}x`)).rejects.toMatchObject({ code: 'link_invalid' })
    await expect(say('hello', '')).rejects.toMatchObject({ code: 'link_invalid' })
    await expect(say(' \r\n ')).rejects.toMatchObject({ code: 'words_missing' })
    await expect(say('x'.repeat(10_001))).rejects.toMatchObject({ code: 'words_too_long' })
    await say('x'.repeat(10_000))
    // A form sends two characters for each new line; the person saw one.
    await say('x\r\n'.repeat(4_999))
  })

  it('can be made twenty times through one link, and no more', async () => {
    await using ground = await openGround(await empty())
    const { caseId, token } = await told(ground)
    const say = () => ground.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, { token, words: 'again' }))
    for (let i = 0; i < 20; i += 1) await say()
    await expect(say()).rejects.toMatchObject({ code: 'too_many_appeals' })
    expect(await listAppeals(ground.database.read, ground.vault, caseId)).toHaveLength(20)
  })

  it('is counted, over all, since a moment, and for each case', async () => {
    await using ground = await openGround(await empty())
    const { database, clock } = ground
    const [first, second] = [await told(ground), await told(ground)]
    const say = ({ token }: { token: string }) =>
      ground.transact((tx) => recordAppeal(tx, clock, ground.vault, { token, words: 'no' }))
    await say(first)
    clock.set(clock.now() + 1000)
    await say(first)
    await say(second)
    expect(await countAppeals(database.read)).toBe(3)
    expect(await countAppeals(database.read, clock.now())).toBe(2)
    expect(await countAppeals(database.read, clock.now() + 1)).toBe(0)
    const counts = await countAppealsOfCases(database.read, [first.caseId, second.caseId, 'case_none'])
    expect(counts).toEqual(
      new Map([
        [first.caseId, 2],
        [second.caseId, 1],
      ]),
    )
    expect(await countAppealsOfCases(database.read, [])).toEqual(new Map())
  })
})
