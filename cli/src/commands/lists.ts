// `wardline lists`: hash lists are brought in from files; what they hold is counted and never shown.
import { basename, extname, resolve } from 'node:path'
import { Fault, isProduction, systemClock } from '@wardline/server/base'
import { configuredLists } from '@wardline/server/config'
import {
  type ConfiguredList,
  type ImportSummary,
  importList,
  type ListClass,
  listClasses,
  MOST_VALUES,
  type ReadList,
  readList,
  type SyncStanding,
  summariseLists,
  summariseSyncs,
} from '@wardline/server/lists'
import { Command, Option } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { canariesCommand } from '../entries/canaries.ts'
import { correctionsCommand } from '../entries/corrections.ts'
import { feedbackCommand } from '../entries/feedback.ts'
import { setAsideCommand } from '../entries/set-aside.ts'
import { ending, fine, trouble } from '../exit.ts'
import { openListFile } from '../list-file.ts'
import { type CountedList, countedLists, holding } from '../lists-counted.ts'
import { rejectedCommand, removeCommand } from '../lists-kept.ts'
import { moment, momentOr } from '../moment.ts'
import { counted } from '../offline/terminal.ts'
import { type Ground, type GroundOptions, groundCommand, onGround, sayTrouble } from '../on-ground.ts'
import { type Column, plain, printRows } from '../table.ts'
import { usage } from '../words.ts'

export function listsCommand(): Command {
  return new Command('lists')
    .description('the hash lists that images are compared with')
    .addCommand(list())
    .addCommand(bringIn())
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
        const fetched = lists.some(({ sync, configured }) => sync !== undefined || configured)
        printRows<ListStanding>(
          lists,
          [
            { title: 'list', of: ({ id }) => id, shrinks: true },
            { title: 'class', of: (one) => one.class },
            { title: 'radius', of: ({ radiusBits }) => String(radiusBits), align: 'right' },
            { title: 'entries', of: ({ entries }) => (entries === null ? '?' : String(entries)), align: 'right' },
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
}

async function standings({ database, vault, config }: Ground): Promise<ListStanding[]> {
  const syncs = await summariseSyncs(database.read)
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
      return { ...list, configured: want !== undefined, sync, tooOld }
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

interface Wanted extends GroundOptions {
  readonly class: ListClass
  readonly radius?: number
  readonly name?: string
  readonly format?: 'jsonl' | 'csv'
  readonly as?: string
  readonly json?: true
}

function bringIn(): Command {
  return groundCommand('import', 'add a file to a list; exit 2 when a row had to be skipped')
    .argument('<file>', 'JSON Lines or CSV: source, entryId, algorithm, value, and if wanted class, label')
    .addOption(new Option('--class <class>', 'what a match means').choices(listClasses).makeOptionMandatory())
    .option('--radius <bits>', 'how far a PDQ value may be, 0 to 31; fixed at the first import', bits)
    .option('--name <id>', 'the list’s name; else the file’s')
    .addOption(new Option('--format <format>', 'else by the file’s ending').choices(['jsonl', 'csv']))
    .option(...asPersonOption)
    .option('--json', 'print the outcome as one JSON object')
    .action(
      ending(async (file: string, options: Wanted) => {
        // Read first: a file that is no list begins no deployment, and makes no list.
        const { id, read } = await readFile(resolve(file), options)
        const bringIn = (ground: Ground) => importRead(ground, id, read, options)
        const summary = await onGround(options, bringIn, { begin: true })
        if (options.json) console.log(JSON.stringify(summary))
        else tell(summary)
        return summary.counts.skipped === 0 ? fine : trouble
      }),
    )
}

/** Fault `list_empty` when no row can be taken: a list that holds nothing would look as though something were watched for. */
async function readFile(file: string, options: Wanted): Promise<{ readonly id: string; readonly read: ReadList }> {
  const id = options.name ?? basename(file, extname(file)).toLowerCase()
  const format = options.format ?? (extname(file).toLowerCase() === '.csv' ? 'csv' : 'jsonl')
  const read = await readList(await openListFile(file), { format, listId: id, class: options.class })
  if (read.entries.length > 0) return { id, read }
  const { rows } = read.counts
  const [first] = read.troubles
  const words =
    first === undefined
      ? 'the file holds no row, so no list was made or changed'
      : `none of its ${counted(rows, 'row')} could be taken, so no list was made or changed (line ${first.line}: ${first.why})`
  throw new Fault('list_empty', words, { retry: 'never' })
}

async function importRead(ground: Ground, id: string, read: ReadList, options: Wanted): Promise<ImportSummary> {
  const { database, vault, clock, config } = ground
  const { environment } = config
  // Also before its first fetch, which would be refused then.
  if (configuredLists(config).some((one) => one.id === id))
    throw new Fault('list_is_fetched', `"${id}" is a list that the configuration has fetched: use another --name`, {
      retry: 'never',
    })
  const actor = await actorWhoMay(ground, options.as, 'write_lists')
  const known = (await summariseLists(database.read)).some((list) => list.id === id)
  const radiusBits = options.radius ?? (known ? undefined : config.rules.radiusBits)
  if (options.class === 'test' && isProduction(environment))
    sayTrouble.warn({}, 'a list of class test never matches in production: it is kept here in vain')
  return importList(database, vault, clock, { id, class: options.class, radiusBits, environment, actor }, read)
}

/** Lines of the file are named; what stands in them never is. */
const mostNamed = 20

function tell(summary: ImportSummary): void {
  const { rows, lowered, duplicates, skipped } = summary.counts
  console.log(
    `${counted(rows, 'row')} read: ${summary.added} added, ${summary.renewed} known already, ` +
      `${counted(duplicates, 'duplicate')}, ${skipped} skipped.`,
  )
  if (lowered > 0)
    console.log(`${counted(lowered, 'value')} in upper case ${lowered === 1 ? 'was' : 'were'} taken as lower case.`)
  for (const { line, why } of summary.troubles.slice(0, mostNamed)) console.log(`  line ${line}: ${why}`)
  if (skipped > mostNamed) console.log(`  and ${skipped - mostNamed} more; --json names more of them`)
  for (const { source, entryId } of summary.tooLarge.named.slice(0, mostNamed))
    console.log(
      plain(
        `  entry ${entryId} of ${source}: more values than one entry may have (${MOST_VALUES}); it stays as it was`,
      ),
    )
  if (summary.tooLarge.entries > mostNamed)
    console.log(`  and ${summary.tooLarge.entries - mostNamed} more such entries; --json names more of them`)
  console.log(
    `The list "${summary.id}" (${summary.class}, radius ${summary.radiusBits}) now holds ${holding(summary.entries)}; ` +
      'a running server uses them within a second.',
  )
}

function bits(text: string): number {
  const radius = Number(text)
  if (!/^\d+$/.test(text) || radius > 31) throw usage('--radius takes a whole number from 0 to 31')
  return radius
}
