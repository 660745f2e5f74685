import { describe, expect, it } from 'vitest'
import { moveCase, readCase } from '#cases'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import { createReport } from './create.ts'
import { priorReports } from './prior.ts'
import { fileable } from './testing.ts'

const settings = { environment: 'sandbox', reporter: { email: 'trust@example.org' } } as const

/** A case of account 7 (or another) whose report has this number, or is not finished. */
async function reported(ground: Ground, remoteId: string | null, context = seven): Promise<string> {
  const { clock, vault } = ground
  clock.set(clock.now() + 1_000)
  const { caseId } = await ground.found({ context })
  await ground.transact(async (tx) => {
    await moveCase(tx, clock, caseId, 'settled')
    const { reportId } = await createReport(tx, clock, vault, {
      record: fileable(await readCase(tx, vault, caseId)),
      settings,
    })
    const end = { state: 'finished' as const, remote_id: remoteId, changed_at: clock.now() }
    if (remoteId !== null) await tx.updateTable('reports').set(end).where('id', '=', reportId).execute()
  })
  return caseId
}

const seven = { surface: 'upload' as const, account: { id: '7' } }

describe.each(emptyDatabases)('on %s, what was reported of an account before', (_kind, empty) => {
  it('is the twenty newest numbers of finished reports of this account, and none of what is not finished', async () => {
    await using ground = await openGround(await empty())
    await reported(ground, '5', { surface: 'upload', account: { id: '8' } })
    for (let number = 100; number < 122; number += 1) await reported(ground, String(number))
    await reported(ground, null)
    const { caseId } = await ground.found({ context: seven })
    const told = await priorReports(ground.database.read, await readCase(ground.database.read, ground.vault, caseId))
    expect(told).toEqual(Array.from({ length: 20 }, (_, i) => String(121 - i)))
  })

  it('is nothing where no account is known, and nothing in the report of a test card', async () => {
    await using ground = await openGround(await empty())
    await reported(ground, '100', { surface: 'upload' } as typeof seven)
    await reported(ground, '101')
    const of = async (find: Parameters<Ground['found']>[0]) => {
      const { caseId } = await ground.found(find)
      return priorReports(ground.database.read, await readCase(ground.database.read, ground.vault, caseId))
    }
    expect(await of({ context: { surface: 'upload' } })).toEqual([])
    expect(await of({ context: seven, isTest: true })).toEqual([])
    expect(await of({ context: seven })).toEqual(['101'])
  })
})
