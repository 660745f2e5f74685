// What the HTTP door asks for about entries, answered by the river and by the lists.
import { type Caller, personIn } from '#access'
import { approveAndSend, decideEntry, keepEntryAside, proposeForCase, type River, releaseEntry } from '#flow'
import type { EntryStages } from '#http'
import {
  approveCorrection,
  type CorrectionView,
  listCorrections,
  listFeedback,
  listSetAsides,
  refuseCorrection,
  refuseFeedback,
  withdrawCorrection,
} from '#lists'

const most = 1_000

export function entryStagesOf(river: River): EntryStages {
  const { database, vault, clock } = river
  const corrections = () => listCorrections(database.read, vault, clock)
  const setAsides = () => listSetAsides(database.read, clock)
  const feedback = () => listFeedback(database.read)
  return {
    listCorrections: async () => (await corrections()).slice(0, most).map(shown),
    proposeCorrection: async ({ caller, case: caseRef, ...asked }) => {
      const id = await proposeForCase(river, { ...asked, caseRef, by: deciderIn(caller) })
      return shown(found(await corrections(), id))
    },
    answerCorrection: async ({ id, caller, reason, says }) => {
      await database.transact((tx) => answers[says](tx, clock, { id, by: deciderIn(caller), reason }))
      return shown(found(await corrections(), id))
    },

    listSetAsides: async () => (await setAsides()).slice(0, most),
    answerSetAside: async ({ id, caller, reason, says }) => {
      const work = says === 'release' ? releaseEntry : keepEntryAside
      await work(river, { id, by: `person:${deciderIn(caller)}`, reason })
      return found(await setAsides(), id)
    },
    decideSetAside: async ({ caller, ...decision }) => {
      const told = await decideEntry(river, { ...decision, by: `person:${deciderIn(caller)}` })
      return { ...told, heldByAsides: [...told.heldByAsides] }
    },

    listFeedback: async () => (await feedback()).slice(0, most),
    approveFeedback: async ({ id, caller, reasonId }) => {
      await approveAndSend(river, { id, by: `person:${deciderIn(caller)}`, reasonId })
      return found(await feedback(), id)
    },
    refuseFeedback: async ({ id, caller }) => {
      await database.transact((tx) => refuseFeedback(tx, clock, { id, by: `person:${deciderIn(caller)}` }))
      return found(await feedback(), id)
    },
  }
}

const shown = (one: CorrectionView) => ({ ...one, listIds: [...one.listIds] })

const answers = { approve: approveCorrection, refuse: refuseCorrection, withdraw: withdrawCorrection } as const

/** Their id. */
const deciderIn = (caller: Caller): string => personIn(caller, 'decides about an entry')

function found<T extends { readonly id: string }>(all: readonly T[], id: string): T {
  const one = all.find((each) => each.id === id)
  if (one === undefined) throw new Error('what was just decided is not there')
  return one
}
