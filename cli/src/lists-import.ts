// `wardline lists import`: a file is added to a list. Lines of it and ids of entries are named, what stands in them never is.
import { basename, extname, resolve } from 'node:path'
import { Fault, isProduction } from '@wardline/server/base'
import { configuredLists } from '@wardline/server/config'
import {
  type ImportSummary,
  importList,
  type ListClass,
  listClasses,
  MOST_VALUES,
  type ReadList,
  readList,
  summariseLists,
} from '@wardline/server/lists'
import { type Command, Option } from 'commander'
import { actorWhoMay, asPersonOption } from './as-person.ts'
import { ending, fine, trouble } from './exit.ts'
import { openListFile } from './list-file.ts'
import { holding } from './lists-counted.ts'
import { counted } from './offline/terminal.ts'
import { type Ground, type GroundOptions, groundCommand, onGround, sayTrouble } from './on-ground.ts'
import { plain } from './table.ts'
import { usage } from './words.ts'

interface Wanted extends GroundOptions {
  readonly class: ListClass
  readonly radius?: number
  readonly name?: string
  readonly format?: 'jsonl' | 'csv'
  readonly as?: string
  readonly json?: true
}

export function importCommand(): Command {
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
  const lines = skipped - summary.tooLarge.rows
  if (lines > mostNamed) console.log(`  and ${lines - mostNamed} more; --json names more of them`)
  for (const { source, entryId } of summary.tooLarge.named.slice(0, mostNamed))
    console.log(
      plain(
        `  entry ${entryId} of ${source}: more values than one entry may have (${MOST_VALUES}); not taken, and what the list holds of it stays`,
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
