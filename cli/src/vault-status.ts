// `wardline vault status`: which keys there are, what each is for, and what is sealed under which, counted now.
import { countSealed, type KeyStanding, listKeys, type SealedCount } from '@wardline/server/vault'
import type { Command } from 'commander'
import { ending, fine } from './exit.ts'
import { moment, momentOr } from './moment.ts'
import { type GroundOptions, groundCommand, onGround } from './on-ground.ts'
import { printRows } from './table.ts'

export function statusCommand(): Command {
  return groundCommand('status', 'the keys, and how many sealed values need which; reads every value’s first bytes')
    .option('--json', 'one JSON object a line, a key each')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const { keys, counts } = await onGround(options, async ({ database }) => ({
          counts: await countSealed(database.read),
          keys: await listKeys(database.read),
        }))
        const under = (fingerprint: string) => counts.reduce((sum, one) => sum + (one.under.get(fingerprint) ?? 0), 0)
        const rows = keys.map((key) => ({ ...key, values: under(key.fingerprint) }))
        printRows(
          rows,
          [
            { title: 'key', of: ({ fingerprint }) => fingerprint },
            { title: 'state', of: ({ state }) => words[state] },
            { title: 'values', of: ({ values }) => String(values), align: 'right' },
            {
              title: 'made',
              of: ({ madeAt }) => (madeAt === 0 ? 'before it was noted' : moment(madeAt)),
              shrinks: true,
            },
            { title: 'copy confirmed', of: ({ copiedAt }) => momentOr(copiedAt, 'never') },
          ],
          { json: options.json, none: 'There is no key yet.' },
        )
        if (!options.json) for (const line of progress(keys, counts)) console.log(line)
        return fine
      }),
    )
}

const words: Readonly<Record<KeyStanding['state'], string>> = {
  coming: 'not in use yet',
  in_use: 'in use',
  former: 'former, needed',
  empty: 'former, not needed',
  retired: 'retired',
}

/** What is still to be sealed anew, by place: the old format named no key, and its values belong to the first one. */
function progress(keys: readonly KeyStanding[], counts: readonly SealedCount[]): string[] {
  const inUse = keys.find(({ state }) => state === 'in_use')?.fingerprint
  if (keys.length < 2 || inUse === undefined) return []
  const left = counts
    .map(({ place, under }) => ({
      place,
      all: [...under.values()].reduce((sum, count) => sum + count, 0),
      done: under.get(inUse) ?? 0,
    }))
    .filter(({ all, done }) => done < all)
  const empty = keys.filter(({ state }) => state === 'empty')
  if (left.length > 0)
    return [
      'To be sealed anew, by a running server:',
      ...left.map(({ place, all, done }) => `  ${place}: ${all - done} of ${all}`),
    ]
  return [
    'Everything is sealed under the key in use.',
    ...empty.map(({ fingerprint }) => `No value needs ${fingerprint}: \`wardline vault key retire ${fingerprint}\`.`),
  ]
}
