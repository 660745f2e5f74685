// What the HTTP door asks for about events for the platform, answered by their own folder.
import { actorOf } from '#access'
import { type River, readEvents, sendEventAgain } from '#flow'
import type { EventStages } from '#http'
import { markTaken, mostAtOnce, showEvent } from '#webhooks'

export function eventStagesOf(river: River): EventStages {
  const { database, clock } = river
  return {
    readEvents: (page) => readEvents(river, page),
    takeEvents: async (upTo) => {
      let taken = 0
      for (;;) {
        const some = await database.transact((tx) => markTaken(tx, clock, upTo))
        taken += some
        if (some < mostAtOnce) break
      }
      river.wake()
      return taken
    },
    showEvent: (id) => showEvent(database.read, id),
    replayEvent: async (id, caller) => {
      await database.transact((tx) => sendEventAgain(river, tx, { id, by: actorOf(caller) }))
      river.wake()
      return showEvent(database.read, id)
    },
  }
}
