// Whoever was restored hears of a repair once, when nothing of theirs is left to be restored.
import { describe, expect, it } from 'vitest'
import { listNotices, type NoticePolicy } from '#notices'
import { addGathered, casesOfRepair, moveRepairCase, openRepair } from '#repairs'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import { tellRestored } from './repair-tell.ts'

const policy: NoticePolicy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 0,
  jitterMs: 0,
  publicUrl: 'http://127.0.0.1:8080',
}

/** A repair of cases of these accounts, closed, and what a platform's word does with each. */
async function closed(ground: Ground, accounts: readonly string[]) {
  const { clock, vault, transact, database } = ground
  const caseIds: string[] = []
  for (const id of accounts) {
    const account = { id, email: `user${id}@example.org` }
    const { caseId } = await ground.found({ context: { surface: 'upload', account } })
    // The next find of this account is another case.
    await database.read.updateTable('cases').set({ state: 'repaired' }).where('id', '=', caseId).execute()
    caseIds.push(caseId)
  }
  const repairId = await transact(async (tx) => {
    const asked = { outcome: 'context', appealId: null, by: 'person:a', reason: 'r', entries: [], files: [] } as const
    const { repairId } = await openRepair(tx, clock, vault, { ...asked, caseId: caseIds[0] ?? '' })
    for (const [place, caseId] of caseIds.entries()) {
      await addGathered(tx, clock, vault, {
        repairId,
        caseId,
        caseNumber: place + 1,
        stateThen: 'reported',
        does: 'repair',
        why: null,
        shown: { fileId: 'file_1', class: 'test', algorithm: 'sha256', distanceBits: 0 },
      })
      await moveRepairCase(tx, clock, { repair_id: repairId, case_id: caseId }, { state: 'closed' })
    }
    return repairId
  })
  const river = { clock, vault, notices: policy }
  const go = (place: number, state: 'restored' | 'left') =>
    transact(async (tx) => {
      const case_id = caseIds[place] ?? ''
      await moveRepairCase(tx, clock, { repair_id: repairId, case_id }, { state })
      if (state === 'restored') await tellRestored(river, tx, repairId, case_id)
    })
  const close = () => transact((tx) => tellRestored(river, tx, repairId))
  const told = async () => (await listNotices(database.read, { limit: 9 })).length
  const named = async () =>
    (await casesOfRepair(database.read, vault, repairId)).map(({ notice_id }) => notice_id !== null)
  return { go, close, told, named }
}

describe.each(emptyDatabases)('a repair on %s', (_kind, empty) => {
  it('is told to an account once, when the last of its cases is restored', async () => {
    await using ground = await openGround(await empty())
    const { go, close, told, named } = await closed(ground, ['7', '7', '8'])
    await go(0, 'restored')
    expect(await told()).toBe(0)
    await go(2, 'restored')
    expect(await named()).toEqual([false, false, true])
    await go(1, 'restored')
    await close()
    expect(await told()).toBe(2)
    expect(await named()).toEqual([true, true, true])
  })

  it('is told to an account of which a further case went another way', async () => {
    await using ground = await openGround(await empty())
    const { go, close, told, named } = await closed(ground, ['7', '7'])
    await go(0, 'restored')
    await go(1, 'left')
    expect(await told()).toBe(0)
    await close()
    await close()
    expect(await told()).toBe(1)
    expect(await named()).toEqual([true, false])
  })
})
