// While people have not decided whether a report was an error, nobody is told of it.
import { describe, expect, it } from 'vitest'
import { type CaseContext, moveCase } from '#cases'
import {
  dueNotices,
  markHandedOver,
  markSending,
  type NoticePolicy,
  noticeFigures,
  planNotice,
  showNotice,
} from '#notices'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import { reported } from '../notices/testing.ts'
import { addGathered, casesUndecided, moveRepair, moveRepairCase, openRepair } from './repairs.ts'

const policy: NoticePolicy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 0,
  jitterMs: 0,
  publicUrl: 'http://127.0.0.1:8080',
}
const context: CaseContext = { surface: 'upload', account: { id: '7', email: 'seven@example.org' } }
const hourMs = 3_600_000
const asked = { outcome: 'context', appealId: null, by: 'person:a', reason: 'r', entries: [], files: [] } as const

async function plan(ground: Ground, channel: 'smtp' | 'pull') {
  const { clock, vault, transact } = ground
  const { caseId, reportId, record } = await reported(ground, context)
  const asked = { reportId, record, finishedAt: clock.now(), policy: { ...policy, channel } }
  const { noticeId } = await transact((tx) => planNotice(tx, clock, vault, asked))
  return { caseId, noticeId, record }
}

const begin = ({ transact, clock, vault }: Ground, noticeId: string) =>
  transact((tx) => markSending(tx, clock, vault, { noticeId, policy, undecided: casesUndecided }))

async function gathered(ground: Ground, caseIds: readonly string[]): Promise<string> {
  const { clock, vault, transact } = ground
  const [caseId = ''] = caseIds
  return transact(async (tx) => {
    const { repairId } = await openRepair(tx, clock, vault, { ...asked, caseId })
    for (const [place, id] of caseIds.entries())
      await addGathered(tx, clock, vault, {
        repairId,
        caseId: id,
        caseNumber: place + 1,
        stateThen: 'reported',
        does: 'repair',
        why: null,
        shown: { fileId: 'file_1', class: 'test', algorithm: 'sha256', distanceBits: 0 },
      })
    return repairId
  })
}

describe.each(emptyDatabases)('a first notice of a case in a repair, on %s,', (_kind, empty) => {
  it('waits from the gathering until the case is done with, and goes at once when the repair is refused', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const { caseId, noticeId } = await plan(ground, 'smtp')
    const { noticeId: another } = await plan(ground, 'smtp')
    const waits = async () => (await begin(ground, noticeId)).kind
    const repairId = await gathered(ground, [caseId])
    expect(await begin(ground, noticeId)).toEqual({ kind: 'too_early', untilMs: clock.now() + hourMs })
    expect((await begin(ground, another)).kind, 'of another case').toBe('mail')
    for (const state of ['gathered', 'approved'] as const) {
      await transact((tx) => moveRepair(tx, clock, repairId, { state }))
      expect(await waits()).toBe('too_early')
    }
    const row = { repair_id: repairId, case_id: caseId }
    await transact((tx) => moveRepairCase(tx, clock, row, { state: 'stopping' }))
    expect(await waits()).toBe('too_early')
    await transact((tx) => moveRepair(tx, clock, repairId, { state: 'refused' }))
    expect(await waits()).toBe('mail')
  })

  it('is not overdue while it waits so, and is when it is late after that', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, database } = ground
    const { caseId, noticeId } = await plan(ground, 'smtp')
    const overdue = async () => (await noticeFigures(database.read, clock, casesUndecided)).overdue
    const waitsFor = async () => (await showNotice(database.read, clock, noticeId, casesUndecided)).waits?.for
    clock.set(clock.now() + hourMs + 1)
    expect([await overdue(), await waitsFor()]).toEqual([1, 'try'])
    const repairId = await gathered(ground, [caseId])
    expect([await overdue(), await waitsFor()]).toEqual([0, 'repair'])
    await transact((tx) => moveRepair(tx, clock, repairId, { state: 'refused' }))
    expect([await overdue(), await waitsFor()]).toEqual([1, 'try'])
  })

  it('waits also before its own case is in the list, and goes when the repair left it as it was', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const { caseId, noticeId } = await plan(ground, 'smtp')
    const { repairId } = await transact((tx) => openRepair(tx, clock, ground.vault, { ...asked, caseId }))
    expect((await begin(ground, noticeId)).kind).toBe('too_early')
    await transact((tx) => moveRepair(tx, clock, repairId, { state: 'restoring' }))
    expect((await begin(ground, noticeId)).kind).toBe('mail')
  })

  it('waits also while a person looks at its case once more, and goes when that one lets it stand', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, database } = ground
    const { caseId, noticeId } = await plan(ground, 'smtp')
    const repairId = await gathered(ground, [caseId])
    const row = { repair_id: repairId, case_id: caseId }
    await transact(async (tx) => {
      await moveRepair(tx, clock, repairId, { state: 'approved' })
      await moveCase(tx, clock, caseId, 'to_look_again')
      await moveRepairCase(tx, clock, row, { state: 'in_review' })
    })
    clock.set(clock.now() + hourMs + 1)
    expect((await begin(ground, noticeId)).kind).toBe('too_early')
    expect((await noticeFigures(database.read, clock, casesUndecided)).overdue).toBe(0)
    expect((await showNotice(database.read, clock, noticeId, casesUndecided)).waits?.for).toBe('repair')
    await transact((tx) => moveCase(tx, clock, caseId, 'report_stands'))
    expect((await begin(ground, noticeId)).kind).toBe('mail')
  })

  it('is neither handed over nor shown to a platform that fetches', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const one = await plan(ground, 'pull')
    const two = await plan(ground, 'pull')
    const hand = (noticeId: string) =>
      transact((tx) => markHandedOver(tx, clock, vault, { noticeId, policy, undecided: casesUndecided }))
    const due = async () => {
      const page = await dueNotices(database.read, clock, vault, { policy, limit: 9, undecided: casesUndecided })
      return page.notices.map(({ id }) => id)
    }
    await begin(ground, one.noticeId)
    await begin(ground, two.noticeId)
    await hand(one.noticeId)
    expect(await due()).toEqual([one.noticeId])
    const repairId = await gathered(ground, [one.caseId, two.caseId])
    expect(await due()).toEqual([])
    expect(await hand(two.noticeId)).toMatchObject({ kind: 'too_early' })
    await transact((tx) => moveRepair(tx, clock, repairId, { state: 'refused' }))
    expect(await due()).toEqual([one.noticeId])
    expect(await hand(two.noticeId)).toBeUndefined()
  })
})
