// `wardline webhooks replay`: events sent again; without a webhook those that something waits for are fetched again.
import { Fault } from '@wardline/server/base'
import { sendEventAgain } from '@wardline/server/flow'
import { openDesk, webhooksOf } from '@wardline/server/main'
import { isNumberedAnew, listEvents, showEvent } from '@wardline/server/webhooks'
import { type Command, Option } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { usage } from '../words.ts'

/** Read at once. */
const page = 100

export function replay(): Command {
  return groundCommand(
    'replay',
    'send events again, under their own ids; what a receiver has by that id it may pass over',
  )
    .argument('[ids...]', 'as `wardline webhooks list` shows them')
    .addOption(new Option('--state <state>', 'all of these').choices(['given_up', 'kept']))
    .option(...asPersonOption)
    .action(
      ending(async (ids: readonly string[], options: GroundOptions & { as?: string; state?: 'given_up' | 'kept' }) => {
        if ((ids.length === 0) === (options.state === undefined))
          throw usage('name events by their ids, or say --state')
        const { count, isSent } = await onGround(options, async (ground) => ({
          count: await again(ground, ids, options),
          isSent: webhooksOf(ground.config) !== undefined,
        }))
        console.log(
          isSent
            ? `${count} due now; \`wardline webhooks list\` tells how it went.`
            : `${count} to be fetched: there is no webhook, and your platform finds them, with new numbers, when it next asks /v1/events.`,
        )
        return fine
      }),
    )
}

async function again(
  ground: Ground,
  ids: readonly string[],
  { as, state }: { readonly as?: string; readonly state?: 'given_up' | 'kept' },
): Promise<number> {
  const isSent = webhooksOf(ground.config) !== undefined
  const by = await actorWhoMay(ground, as, 'replay_event')
  const desk = openDesk(ground)
  const { database, wake } = desk
  const replayThese = async (these: readonly string[], isNamed: boolean) => {
    const count = await database.transact(async (tx) => {
      let count = 0
      for (const id of these)
        try {
          // What nobody sends is fetched again only with another number.
          if (!isSent && !isNumberedAnew(await showEvent(tx, id))) {
            if (isNamed) demandWebhook(ground.config)
            continue
          }
          await sendEventAgain(desk, tx, { id, by })
          count += 1
        } catch (error) {
          // Of all, what must not be told now stays as it is.
          if (isNamed || !(error instanceof Fault && error.code === 'not_possible')) throw error
        }
      return count
    })
    wake()
    return count
  }
  if (state === undefined) return replayThese(ids, true)
  let count = 0
  // Each once: a server may put one back into that state before the last page is read.
  for (let before: string | undefined; ; ) {
    const events = await listEvents(database.read, { state, before, limit: page })
    count += await replayThese(
      events.map(({ id }) => id),
      false,
    )
    before = events.at(-1)?.id
    if (events.length < page) return count
  }
}

/** Fault `no_webhook`. */
export function demandWebhook(config: Ground['config']) {
  const webhooks = webhooksOf(config)
  if (webhooks === undefined)
    throw new Fault('no_webhook', 'no webhook is configured (webhooks.url and webhooks.secrets)', { retry: 'never' })
  return webhooks
}
