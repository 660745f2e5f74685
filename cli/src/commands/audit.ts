// `wardline audit`: who did what, and whether any line of it was taken away or altered since.
import { readTrail, verifyTrail } from '@wardline/server/audit'
import { Command } from 'commander'
import { ending, fine, found } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'
import { usage } from '../words.ts'

export function auditCommand(): Command {
  return new Command('audit')
    .description('who did what, and whether the record of it is whole')
    .addCommand(verify())
    .addCommand(show())
}

interface Remembered extends GroundOptions {
  readonly rows?: string
  readonly head?: string
}

function verify(): Command {
  return groundCommand('verify', 'walk the chain of all lines; exit 1 names the first that is wrong')
    .option('--rows <count>', 'of an earlier verdict, kept elsewhere: proves that nothing was rewritten since')
    .option('--head <hash>', 'of the same verdict')
    .action(
      ending(async (options: Remembered) => {
        const remembered = rememberedOf(options)
        const verdict = await onGround(options, ({ database }) => verifyTrail(database.read, remembered))
        const waiting = verdict.unchained === 0 ? '' : ` ${verdict.unchained} more are not chained yet.`
        if (verdict.ok) {
          console.log(`All ${verdict.rows} lines are whole and in their places.${waiting}`)
          console.log(`Write this down elsewhere: --rows ${verdict.rows} --head ${verdict.head}`)
          return fine
        }
        console.log(`The trail is broken at line ${verdict.seq}: ${verdict.words}.${waiting}`)
        console.log(
          `The ${verdict.rows} lines before it are whole. Keep this database as it is and look who could write to it.`,
        )
        return found
      }),
    )
}

function rememberedOf({ rows, head }: Remembered): { rows: number; head: string } | undefined {
  if (rows === undefined && head === undefined) return undefined
  if (rows === undefined || head === undefined) throw usage('--rows and --head belong together')
  if (!/^[1-9]\d{0,14}$/.test(rows) || !/^[0-9a-f]{64}$/.test(head))
    throw usage('--rows takes a count and --head 64 hex digits, as `wardline audit verify` printed them')
  return { rows: Number(rows), head }
}

interface Window extends GroundOptions {
  readonly subject?: string
  readonly after?: string
  readonly limit: number
  readonly json?: true
}

function show(): Command {
  return groundCommand('show', 'lines of the trail, oldest first')
    .option('--subject <id>', 'only what was done to this')
    .option('--after <id>', 'go on behind this line')
    .option('--limit <count>', 'at most so many lines', count, 100)
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { subject, after, limit } = options
        const lines = await onGround(options, ({ database }) => readTrail(database.read, { subject, after, limit }))
        printRows(
          lines,
          [
            { title: 'line', of: ({ seq }) => String(seq ?? '-'), align: 'right' },
            { title: 'when', of: ({ at }) => moment(at) },
            { title: 'who', of: ({ actor }) => actor, shrinks: true },
            { title: 'did', of: ({ act }) => act },
            { title: 'to', of: (line) => line.subject, shrinks: true },
            { title: 'detail', of: ({ detail }) => (detail === '{}' ? '' : detail), shrinks: true },
          ],
          { json: options.json, none: 'No line.' },
        )
        const last = lines.at(-1)
        if (last && lines.length === limit && !options.json) console.log(`More: --after ${last.id}`)
        return fine
      }),
    )
}

function count(text: string): number {
  const most = Number(text)
  if (!Number.isInteger(most) || most < 1 || most > 100_000) throw usage('--limit takes a number from 1 to 100000')
  return most
}
