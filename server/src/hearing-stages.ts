// What the HTTP door asks for about appeals, answered by the river and by #appeals.
import type { AppealDetail } from '@wardline/api'
import { type Caller, may, personIn } from '#access'
import { type AppealStory, appealStanding, appealStory, listAppeals, recordAppeal } from '#appeals'
import type { Actor } from '#audit'
import { Fault } from '#base'
import { readCase } from '#cases'
import { decideOnAppeal, handBackAppeal, nextAppeal, type River } from '#flow'
import type { HearingStages } from '#http'
import { caseOfNotice } from '#notices'
import { type RepairsOfAppeal, repairsOfAppeal } from '#repairs'

export function hearingStagesOf(river: River): HearingStages {
  const { database, vault, clock, hearings: settings } = river
  const shown = async (number: number) => {
    const story = await appealStory(database.read, vault, number)
    return detail({ ...story, ...(await repairsOfAppeal(database.read, vault, story)) })
  }
  return {
    enter: async ({ noticeId, account, words }) => {
      await database.transact(async (tx) => {
        const caseId = await caseOfNotice(tx, noticeId)
        const about = caseId === undefined ? undefined : (await readCase(tx, vault, caseId)).context.account
        // Of whose notice it is, nothing is said either.
        if (about?.id !== account) throw noSuchNotice()
        await recordAppeal(tx, clock, vault, { noticeId, words, door: 'api', settings })
      })
      river.wake()
      return { state: await appealStanding(database.read, noticeId) }
    },
    standing: async (noticeId) => {
      if ((await caseOfNotice(database.read, noticeId)) === undefined) throw noSuchNotice()
      return { state: await appealStanding(database.read, noticeId) }
    },

    list: ({ mine, caller, ...page }) =>
      listAppeals(database.read, { ...page, assignedTo: mine ? hearerIn(caller) : undefined }),
    show: shown,
    next: async (caller) => {
      const number = await nextAppeal(river, hearerIn(caller))
      return number === undefined ? null : shown(number)
    },
    decide: async ({ number, caller, ...verdict }) => {
      await decideOnAppeal(river, { ...verdict, ref: number, by: actorOf(caller) })
      return shown(number)
    },
    handBack: async ({ number, caller, reason }) => {
      const anyones = may(caller, 'move_appeal')
      await handBackAppeal(river, { ref: number, by: actorOf(caller), reason, anyones })
      return shown(number)
    },
  }
}

function detail({
  files,
  cases,
  words,
  hearings,
  refusedRepairs,
  ...story
}: AppealStory & RepairsOfAppeal): AppealDetail {
  return {
    ...story,
    refusedRepairs: refusedRepairs.map((one) => ({ ...one, refusals: [...one.refusals] })),
    words: [...words],
    files: [...files],
    cases: cases.map((one) => ({ ...one, files: [...one.files] })),
    hearings: hearings.map((one) => ({ ...one, grounds: [...one.grounds], files: [...one.files] })),
  }
}

const noSuchNotice = () => new Fault('no_such_notice', 'there is no such notice', { retry: 'never' })

const actorOf = (caller: Caller): Actor => `person:${hearerIn(caller)}`

/** Their id. */
const hearerIn = (caller: Caller): string => personIn(caller, 'hears an appeal')
