// What the HTTP door asks for about notices, answered by the river and by the notices' own views.
import type { NoticeDetail, NoticeSummary } from '@wardline/api'
import { actorOf, type Caller, may, personIn } from '#access'
import type { Actor } from '#audit'
import { readCase } from '#cases'
import { noticeDelivered, noticeUndeliverable, type River, recallNotice } from '#flow'
import type { NoticeStages } from '#http'
import {
  addHold,
  dueNotices,
  endHold,
  listHolds,
  listNotices,
  type NoticeView,
  releaseNotice,
  showNotice,
  type Waits,
  waitsOf,
} from '#notices'
import { readPause } from '#pause'
import { casesUndecided } from '#repairs'

export function noticeStagesOf(river: River): NoticeStages {
  const { database, vault, clock, notices: policy } = river
  const db = database.read
  const show = async (id: string, caller: Caller): Promise<NoticeDetail> => {
    const { tries, waits, ...view } = await showNotice(db, clock, id, casesUndecided)
    return { ...shown(view, waits, caller), tries }
  }
  const holdOf = async (id: string) => {
    const found = (await listHolds(db, vault, clock, { all: true })).find((one) => one.id === id)
    if (found === undefined) throw new Error('what was just decided is not there')
    return found
  }
  return {
    list: async ({ caller, ...page }) => {
      const views = await listNotices(db, page)
      const waits = await waitsOf(db, clock, views, casesUndecided)
      return views.map((view) => shown(view, waits.get(view.id) ?? null, caller))
    },
    show,
    release: async (noticeId, caller, reason) => {
      await database.transact((tx) => releaseNotice(tx, clock, vault, { noticeId, by: personOf(caller), reason }))
      river.wake()
      return show(noticeId, caller)
    },

    due: async (page) => {
      const { environment } = policy
      if ((await readPause(db)) !== undefined) return { environment, notices: [], next: null }
      return { environment, ...(await dueNotices(db, clock, vault, { policy, undecided: casesUndecided, ...page })) }
    },
    delivered: (id, caller) => noticeDelivered(river, id, actorOf(caller)),
    undeliverable: (id, caller, why) => noticeUndeliverable(river, id, actorOf(caller), why),

    holds: (all) => listHolds(db, vault, clock, { all }),
    hold: async ({ caller, of, ...asked }) => {
      const target = asked.scope === 'report' ? String(of) : (await readCase(db, vault, of)).id
      const { holdId, waiting, gone } = await database.transact((tx) =>
        addHold(tx, clock, vault, { ...asked, of: target, by: personOf(caller), recall: recallNotice }),
      )
      return { ...(await holdOf(holdId)), waiting, gone }
    },
    endHold: async (holdId, caller, reason) => {
      await database.transact((tx) => endHold(tx, clock, vault, { holdId, by: personOf(caller), reason }))
      river.wake()
      return holdOf(holdId)
    },
  }
}

/** That there is an instrument, and until when, only some may know. */
function shown({ told: _, releasedAt: __, ...view }: NoticeView, waits: Waits | null, caller: Caller): NoticeSummary {
  const isSecret = waits?.for === 'legal_hold' && !may(caller, 'read_holds')
  return { ...view, waits: isSecret ? { for: 'other', until: null } : waits }
}

const personOf = (caller: Caller): Actor => `person:${personIn(caller, 'decides about a notice')}`
