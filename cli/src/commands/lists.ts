// `wardline lists`: hash lists are brought in from files; what they hold is counted and never shown.
import { systemClock } from '@wardline/server/base'
import { configuredLists } from '@wardline/server/config'
import { type ConfiguredList, countDisabled, type SyncStanding, summariseSyncs } from '@wardline/server/lists'
import { Command } from 'commander'
import { canariesCommand } from '../entries/canaries.ts'
import { correctionsCommand } from '../entries/corrections.ts'
import { feedbackCommand } from '../entries/feedback.ts'
import { setAsideCommand } from '../entries/set-aside.ts'
import { ending, fine } from '../exit.ts'
import { type CountedList, countedLists } from '../lists-counted.ts'
import { importCommand } from '../lists-import.ts'
import { rejectedCommand, removeCommand } from '../lists-kept.ts'
import { moment, momentOr } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { type Column, printRows } from '../table.ts'

export function listsCommand(): Command {
  return new Command('lists')
    .description('the hash lists that images are compared with')
    .addCommand(list())
    .addCommand(importCommand())
    .addCommand(rejectedCommand())
    .addCommand(removeCommand())
    .addCommand(correctionsCommand())
    .addCommand(setAsideCommand())
    .addCommand(feedbackCommand())
    .addCommand(canariesCommand())
}

function list(): Command {
  return groundCommand('list', 'how much they hold, never what')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const lists = await onGround(options, standings)
        const repaired = lists.some(({ disabled }) => disabled > 0)
        const fetched = lists.some(({ sync, configured }) => sync !== undefined || configured)
        printRows<ListStanding>(
          lists,
          [
            { title: 'list', of: ({ id }) => id, shrinks: true },
            { title: 'class', of: (one) => one.class },
            { title: 'radius', of: ({ radiusBits }) => String(radiusBits), align: 'right' },
            { title: 'entries', of: ({ entries }) => (entries === null ? '?' : String(entries)), align: 'right' },
            ...(repaired ? [disabledColumn] : []),
            { title: 'changed', of: ({ changedAt }) => (changedAt === 0 ? '' : moment(changedAt)) },
            ...(fetched ? fetchedColumns : []),
            { title: 'environment', of: ({ environment }) => environment },
          ],
          {
            json: options.json,
            none: 'No list yet: nothing can match. Bring one in with `wardline lists import FILE --class CLASS`.',
          },
        )
        if (!options.json) for (const one of lists) tellTrouble(one)
        return fine
      }),
    )
}

interface ListStanding extends CountedList {
  /** To be fetched, by the configuration. */
  readonly configured: boolean
  /** Of a list that is fetched. */
  readonly sync: SyncStanding | undefined
  /** Or cannot be fetched as it is configured. */
  readonly tooOld: boolean
  /** Entries that a repair disabled here: they are on the list and meet nothing. */
  readonly disabled: number
}

async function standings({ database, vault, config }: Ground): Promise<ListStanding[]> {
  const syncs = await summariseSyncs(database.read)
  const disabled = await countDisabled(database.read)
  const wanted = configuredLists(config).filter(({ policy }) => policy.enabled)
  const held = await countedLists(database, vault)
  // What is to be fetched and was never made is no less to be seen.
  const unmade = wanted.filter(({ id }) => held.every((list) => list.id !== id))
  const all = [...held, ...unmade.map((list) => nothingOf(list, config.environment))]
  return all
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .map((list) => {
      const sync = syncs.find(({ listId }) => listId === list.id)
      const want = wanted.find(({ id }) => id === list.id)
      const agedMs = sync === undefined ? undefined : systemClock.now() - (sync.succeededAt ?? sync.createdAt)
      const tooOld = want !== undefined && (want.class !== list.class || agedMs === undefined || agedMs > want.maxAgeMs)
      return { ...list, configured: want !== undefined, sync, tooOld, disabled: disabled.get(list.id) ?? 0 }
    })
}

const nothingOf = ({ id, class: named, policy }: ConfiguredList, environment: string): CountedList => ({
  id,
  environment,
  class: named,
  policy,
  radiusBits: policy.radiusBits,
  entries: 0,
  createdAt: 0,
  changedAt: 0,
})

/** Which they are nobody is shown. */
const disabledColumn: Column<ListStanding> = {
  title: 'disabled',
  of: ({ disabled }) => (disabled === 0 ? '' : String(disabled)),
  align: 'right',
  tint: () => 'yellow',
}

const fetchedColumns: readonly Column<ListStanding>[] = [
  {
    title: 'fetched',
    of: ({ sync, configured }) => {
      if (sync === undefined) return configured ? 'never' : 'by hand'
      return sync.running ? 'now' : momentOr(sync.succeededAt, 'never')
    },
    tint: ({ tooOld }) => (tooOld ? 'red' : undefined),
  },
  {
    title: 'lag',
    of: ({ sync }) => (sync?.currentTo == null ? '' : lag(systemClock.now() - sync.currentTo)),
    align: 'right',
  },
  {
    title: 'rejected',
    of: ({ sync }) => (sync === undefined ? '' : String(sync.rejected + sync.unnamed)),
    align: 'right',
    tint: ({ sync }) => (sync !== undefined && sync.rejected > 0 ? 'yellow' : undefined),
  },
]

/** What the list does not know yet happened within so long. */
function lag(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`
}

function tellTrouble({ id, sync, configured, tooOld, policy }: ListStanding): void {
  if (sync !== undefined && !configured) {
    const matches = policy.enabled ? ', and images are still compared with it' : ''
    console.log(`${id} is not fetched by this configuration any more${matches}; \`wardline doctor\` says what to do.`)
    return
  }
  if (sync?.trouble != null) console.log(`${id}: ${sync.trouble} (${momentOr(sync.failedAt, 'just now')})`)
  const age = sync?.succeededAt == null ? 'was never fetched' : 'is older than it may be (maxAgeHours)'
  if (tooOld) console.log(`${id} ${age}; \`wardline sync ${id}\` fetches it now.`)
}
