// `wardline lists rejected` and `wardline lists remove`: what could not be taken, and what is to go.
import { configuredLists } from '@wardline/server/config'
import {
  countCanaries,
  finishRemovals,
  listRejected,
  listSetAsides,
  type RejectedRow,
  removeList,
  type SyncStanding,
  summariseLists,
  summariseSyncs,
} from '@wardline/server/lists'
import type { Command } from 'commander'
import { actorWhoMay, asPersonOption } from './as-person.ts'
import { ending, fine, trouble } from './exit.ts'
import { countedLists, holding } from './lists-counted.ts'
import { moment } from './moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from './on-ground.ts'
import { printRows } from './table.ts'
import { usage } from './words.ts'

export function rejectedCommand(): Command {
  return groundCommand('rejected', 'fingerprints of a fetched list that could not be taken: by entry, never by value')
    .argument('<list>', 'as `wardline lists` shows it')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (list: string, options: GroundOptions & { json?: true }) => {
        const { rows, unnamed, none } = await onGround(options, async ({ database, vault }) => {
          const known = await summariseLists(database.read)
          if (known.every(({ id }) => id !== list)) throw usage(`there is no list "${list}"`)
          const standing = (await summariseSyncs(database.read)).find(({ listId }) => listId === list)
          const rows = await listRejected(database.read, vault, list)
          return { rows: rows.toSorted(byName), unnamed: standing?.unnamed ?? 0, none: noneOf(standing) }
        })
        printRows<RejectedRow>(
          rows,
          [
            { title: 'source', of: ({ source }) => source },
            { title: 'entry', of: ({ entryId }) => entryId, shrinks: true },
            { title: 'fingerprint', of: ({ what }) => what },
            { title: 'why', of: ({ why }) => why, shrinks: true },
            { title: 'seen', of: ({ at }) => moment(at) },
          ],
          { json: options.json, none },
        )
        if (unnamed > 0 && !options.json) console.log(`And ${unnamed} more, which are counted and not named.`)
        return fine
      }),
    )
}

/** As people count: entry 9 before entry 10. */
function byName(one: RejectedRow, other: RejectedRow): number {
  const name = ({ source, entryId, what }: RejectedRow) => `${source} ${entryId} ${what}`
  return name(one).localeCompare(name(other), 'en', { numeric: true })
}

function noneOf(standing: SyncStanding | undefined): string {
  if (standing === undefined)
    return 'This list was imported by hand: what could not be taken was said at each import, and is not kept.'
  if (standing.succeededAt === null) return 'None so far: this list was not fetched to its end yet.'
  return 'None: every fingerprint could be taken.'
}

/** What outlives a list: cases wait for its entries still, and who stole it may yet ask for its canaries. */
async function leftOf({ database, clock }: Ground, id: string): Promise<readonly string[]> {
  const asides = (await listSetAsides(database.read, clock)).filter(
    (one) => one.listId === id && one.state !== 'released',
  )
  const cases = asides.reduce((sum, { openCases }) => sum + openCases, 0)
  const canaries = (await countCanaries(database.read)).filter((one) => one.listId === id)
  const watched = canaries.reduce((sum, one) => sum + one.canaries, 0)
  return [
    ...(asides.length > 0
      ? [
          `${asides.length} of its entries stay set aside, with open cases: ${cases}. \`wardline lists set-aside list\` shows them; release or decide each.`,
        ]
      : []),
    ...(watched > 0
      ? [
          `Its ${watched} canaries are watched for still, as it may have been stolen before; \`wardline lists canaries remove ${id}\` ends that.`,
        ]
      : []),
  ]
}

export function removeCommand(): Command {
  return groundCommand('remove', 'take a list away, with all it holds; cases that it led to stay as they are')
    .argument('<list>', 'as `wardline lists` shows it')
    .option('--yes', 'do it')
    .option(...asPersonOption)
    .action(
      ending(async (id: string, options: GroundOptions & { yes?: true; as?: string }) => {
        const done = await onGround(options, async (ground) => {
          const { database, clock, config, vault } = ground
          // What an earlier removal left when it was broken off.
          if ((await finishRemovals(database)).includes(id)) {
            console.log(`"${id}" is wholly gone now.`)
            return true
          }
          const found = (await countedLists(database, vault)).find((one) => one.id === id)
          if (found === undefined) throw usage(`there is no list "${id}"`)
          if (!options.yes) {
            console.error(`The list "${id}" (${found.class}) holds ${holding(found.entries)}. Say --yes to remove it.`)
            return false
          }
          const actor = await actorWhoMay(ground, options.as, 'write_lists')
          await removeList(database, clock, { id, actor, entries: found.entries })
          const held = found.entries === null ? 'all it held' : holding(found.entries)
          console.log(`"${id}" is gone, with ${held}; a running server forgets them within a second.`)
          if (configuredLists(config).some((one) => one.id === id))
            console.log(
              'It is still named in the configuration: the next sync fetches it anew. Take it out there as well.',
            )
          for (const line of await leftOf(ground, id)) console.log(line)
          return true
        })
        return done ? fine : trouble
      }),
    )
}
