// What the HTTP door asks for about repairs, answered by the river and by the repairs themselves.
import type { RepairDetail, RepairSummary } from '@wardline/api'
import { type Caller, personIn } from '#access'
import type { Actor } from '#audit'
import { readCase } from '#cases'
import {
  approveRepair,
  gatherAgain,
  laterCases,
  letStand,
  markRestored,
  type River,
  refuseRepair,
  repairAfterLook,
  reportAnew,
} from '#flow'
import type { RepairStages } from '#http'
import { listRepairs, markLetterSent, openLetter, type RepairView, readRepair, showRepair } from '#repairs'
import { correctionsOf } from '#reports'

export function repairStagesOf(river: River, correctionsTo: string | undefined): RepairStages {
  const { database, vault, clock } = river
  const show = (number: number) => shownRepair(river, number)
  return {
    list: async () => (await listRepairs(database.read)).map(summaryOf),
    show,
    answer: async ({ number, caller, reason, says }) => {
      const work = says === 'approve' ? approveRepair : refuseRepair
      await work(river, { ref: number, by: approverIn(caller), reason })
      return show(number)
    },
    again: async ({ number, caller, reason }) =>
      show((await gatherAgain(river, { ref: number, by: approverIn(caller), reason })).number),
    report: async ({ number, caller, reason }) => {
      await reportAnew(river, { ref: number, by: approverIn(caller), reason })
      return show(number)
    },
    letter: async ({ number, caller }) => {
      const { id } = await readRepair(database.read, vault, number)
      const letter = await openLetter(database, clock, vault, { repairId: id, by: actorIn(caller) })
      return { to: correctionsTo ?? null, ...letter }
    },
    letterSent: async ({ number, caller }) => {
      const { id } = await readRepair(database.read, vault, number)
      await database.transact((tx) => markLetterSent(tx, clock, { repairId: id, by: actorIn(caller) }))
      return show(number)
    },
    restored: async ({ number, caller, case: caseNumber }) => {
      await markRestored(river, { ref: number, caseNumber, by: actorIn(caller) })
      return show(number)
    },
    secondLook: async ({ caller, case: ref, says, reason }) => {
      const look = { ref, by: actorIn(caller), reason }
      const begun = says === 'repair' ? await repairAfterLook(river, look) : await letStand(river, look)
      const { state } = await readCase(database.read, vault, ref)
      return { state, repair: begun ? (await readRepair(database.read, vault, begun.repairId)).number : null }
    },
  }
}

/** Also what came later, which nobody has gathered yet. */
async function shownRepair(river: River, number: number): Promise<RepairDetail> {
  const { database, vault } = river
  const { reason, reasons, refusedFirst, pictures, ...view } = await showRepair(database.read, vault, number)
  return {
    ...summaryOf(view),
    reason,
    reasons: [...reasons],
    refusedFirst,
    newReports: [...(await correctionsOf(database.read, view.id))],
    later: await laterCases(river, number),
    pictures: pictures.map(({ picture, cases }) => ({
      picture,
      cases: cases.map((one) => ({
        id: one.case_id,
        number: one.case_number,
        does: one.does,
        why: one.why,
        stateThen: one.state_then,
        state: one.state,
        changedAt: one.changed_at,
        restoredAt: one.restored_at,
        ...one.shown,
      })),
    })),
  }
}

const summaryOf = (view: RepairView): RepairSummary => ({
  ...view,
  letter: view.letter && { ...view.letter },
  counts: { ...view.counts },
  toLookAt: [...view.toLookAt],
})

/** Their id. */
const approverIn = (caller: Caller): string => personIn(caller, 'decides about a repair')

const actorIn = (caller: Caller): Actor => `person:${approverIn(caller)}`
