import { describe, expect, it } from 'vitest'
import { markSending, markSent, planFollowUp, readAppealToken } from '#notices'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import {
  appealStanding,
  appealsOfCase,
  countAppeals,
  countAppealsOfCases,
  listAppeals,
  recordAppeal,
} from './appeals.ts'
import { appealed, dayMs, settings, told } from './testing.ts'

const say = (ground: Ground, noticeId: string, words: string, door: 'link' | 'api' = 'link') =>
  ground.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, { noticeId, words, door, settings }))

describe.each(emptyDatabases)('an appeal on %s', (_kind, empty) => {
  it('is opened by the first words, which later ones join; all word for word, and sealed in the table', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await told(ground)
    const { database, clock } = ground
    const words = 'It was my cat.\r\n<b>Truly</b> ☂'
    const { appealId, isNew } = await say(ground, noticeId, words)
    expect(isNew).toBe(true)
    const openedAt = clock.now()
    clock.set(openedAt + dayMs)
    expect(await say(ground, noticeId, 'Look at its ears.', 'api')).toEqual({ appealId, caseId, isNew: false })
    expect(await appealsOfCase(database.read, ground.vault, caseId)).toMatchObject([
      {
        id: appealId,
        number: 1,
        state: 'waiting',
        openedAt,
        dueAt: openedAt + 7 * dayMs,
        decidedAt: null,
        assignedTo: null,
        words: [
          { words: 'It was my cat.\n<b>Truly</b> ☂', receivedAt: openedAt, door: 'link', isLater: false },
          { words: 'Look at its ears.', receivedAt: openedAt + dayMs, door: 'api', isLater: false },
        ],
      },
    ])
    const [row] = await database.read.selectFrom('appeal_words').selectAll().execute()
    expect(Buffer.from(row?.words_sealed ?? []).toString('latin1')).not.toContain('my cat')
    expect(await appealStanding(database.read, noticeId)).toBe('received')
    const jobs = await database.read.selectFrom('jobs').select('kind').where('subject', '=', appealId).execute()
    expect(jobs).toEqual([{ kind: 'hear' }])
  })

  it('needs a notice, words, and no more than ten thousand characters', async () => {
    await using ground = await openGround(await empty())
    const { noticeId } = await told(ground)
    await expect(say(ground, 'notice_none', 'hello')).rejects.toMatchObject({ code: 'link_invalid' })
    await expect(say(ground, 'notice_none', 'hello', 'api')).rejects.toMatchObject({ code: 'no_such_notice' })
    await expect(say(ground, noticeId, ' \r\n ')).rejects.toMatchObject({ code: 'words_missing' })
    await expect(say(ground, noticeId, 'x'.repeat(10_001))).rejects.toMatchObject({ code: 'words_too_long' })
    expect(await appealStanding(ground.database.read, noticeId)).toBe('none')
    await say(ground, noticeId, 'x'.repeat(10_000))
    // A form sends two characters for each new line; the person saw one.
    await say(ground, noticeId, 'x\r\n'.repeat(4_999))
  })

  it('takes twenty writings about one notice, by whatever door, and no more', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await told(ground)
    for (let i = 0; i < 20; i += 1) await say(ground, noticeId, 'again', i % 2 ? 'link' : 'api')
    for (const door of ['link', 'api'] as const)
      await expect(say(ground, noticeId, 'again', door)).rejects.toMatchObject({ code: 'too_many_appeals' })
    const [only] = await appealsOfCase(ground.database.read, ground.vault, caseId)
    expect(only?.words).toHaveLength(20)
  })

  it('can be opened so long after the notice was received, and then is refused with the day on which that ended', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault } = ground
    const [early, late, never] = [await told(ground), await told(ground), await told(ground)]
    const receivedAt = clock.now()
    for (const { noticeId } of [early, late]) await ground.transact((tx) => markSent(tx, clock, noticeId))
    clock.set(receivedAt + settings.withinMs)
    await appealed(ground, early)
    clock.set(clock.now() + 1)
    await expect(appealed(ground, late)).rejects.toMatchObject({
      code: 'appeal_too_late',
      message: expect.stringContaining(new Date(receivedAt + settings.withinMs).toISOString().slice(0, 10)),
    })
    // Who wrote in time may go on; and of who was never told no time runs.
    await appealed(ground, early, 'one more word')
    await appealed(ground, never)
    expect(await appealsOfCase(ground.database.read, vault, late.caseId)).toEqual([])
  })

  it('is what somebody means who answers the notice of its outcome, or of a repair', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, database } = ground
    const policy = {
      environment: 'sandbox',
      enabled: true,
      delayMs: 0,
      jitterMs: 0,
      publicUrl: 'http://x.test',
    } as const
    const first = await told(ground)
    const { appealId } = await appealed(ground, first)
    const { caseId, noticeId: earlierNotice } = first
    const follow = (kind: 'appeal_upheld' | 'restored', about: string) =>
      ground.transact((tx) =>
        planFollowUp(tx, clock, vault, { kind, about, caseId, earlierNotice, policy, recall: async () => false }),
      )
    const outcome = await follow('appeal_upheld', appealId)
    const restored = await follow('restored', 'repair_1')
    for (const { noticeId } of [outcome, restored])
      expect(await say(ground, noticeId, 'And yet.')).toEqual({ appealId, caseId, isNew: false })
    expect((await appealsOfCase(database.read, vault, caseId))[0]?.words).toHaveLength(3)
    expect(await countAppeals(database.read, clock.now())).toMatchObject({ all: 1 })
  })

  it('is answered when its case is put right, also where policy tells nobody else', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault } = ground
    const policy = {
      environment: 'sandbox',
      enabled: false,
      delayMs: 0,
      jitterMs: 0,
      publicUrl: 'http://x.test',
    } as const
    const [quiet, loud] = [await told(ground), await told(ground)]
    await appealed(ground, loud)
    const restored = ({ caseId }: { caseId: string }) =>
      ground.transact((tx) =>
        planFollowUp(tx, clock, vault, {
          kind: 'restored',
          // An account hears of one repair once: of two it hears twice.
          about: `repair_${caseId}`,
          caseId,
          policy,
          recall: async () => false,
        }),
      )
    expect(await restored(quiet)).toMatchObject({ state: 'not_sent', reason: 'policy_off' })
    expect(await restored(loud)).toMatchObject({ state: 'waiting', reason: null })
  })

  it('is entered by the very link of the mail', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault } = ground
    const { noticeId } = await told(ground)
    const policy = {
      environment: 'sandbox',
      enabled: true,
      delayMs: 0,
      jitterMs: 0,
      publicUrl: 'http://x.test',
    } as const
    const begun = await ground.transact((tx) => markSending(tx, clock, vault, { noticeId, policy }))
    if (begun.kind !== 'mail') throw new Error(begun.kind)
    expect(readAppealToken(vault, /\/appeals\/(\S+)/.exec(begun.mail.text)?.[1] ?? '')).toBe(noticeId)
  })

  it('is counted, over all, by what presses, and for each case', async () => {
    await using ground = await openGround(await empty())
    const { database, clock } = ground
    const [first, second] = [await told(ground), await told(ground)]
    await appealed(ground, first)
    clock.set(clock.now() + dayMs)
    await appealed(ground, first, 'again')
    await appealed(ground, second)
    const now = clock.now()
    expect(await countAppeals(database.read, now)).toEqual({ all: 2, open: 2, overdue: 0 })
    expect(await countAppeals(database.read, now + 6 * dayMs)).toMatchObject({ overdue: 1 })
    const counts = await countAppealsOfCases(database.read, [first.caseId, second.caseId, 'case_none'])
    expect(counts).toEqual(
      new Map([
        [first.caseId, 1],
        [second.caseId, 1],
      ]),
    )
    expect(await countAppealsOfCases(database.read, [])).toEqual(new Map())
    const listed = await listAppeals(database.read, { state: 'open', limit: 1 })
    expect(listed).toMatchObject([{ number: 2, words: 1, caseNumber: 2, isTest: false }])
    expect(await listAppeals(database.read, { limit: 9, before: 2 })).toMatchObject([{ number: 1, words: 2 }])
  })
})
