// `wardline vault status`: which keys there are, what each is for, and what is sealed under which, counted now by every value's first bytes.
import { countSealed, type KeyStanding, listKeys, type SealedCount } from '@wardline/server/vault'
import type { Command } from 'commander'
import { ending, fine } from './exit.ts'
import { moment, momentOr } from './moment.ts'
import { type GroundOptions, groundCommand, onGround } from './on-ground.ts'
import { printRows } from './table.ts'

export function statusCommand(): Command {
  return groundCommand(
    'status',
    'which key opens what is sealed here, how much each one opens, and is there a copy of it?',
  )
    .option('--json', 'one JSON object a line, a key each')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const { keys, counts } = await onGround(options, async ({ database }) => ({
          counts: await countSealed(database.read),
          keys: await listKeys(database.read),
        }))
        const under = (fingerprint: string) => counts.reduce((sum, one) => sum + (one.under.get(fingerprint) ?? 0), 0)
        const rows = keys.map((key) => ({ ...key, values: under(key.fingerprint) }))
        if (!options.json) console.log(opening)
        printRows(
          rows,
          [
            { title: 'key', of: ({ fingerprint }) => fingerprint },
            { title: 'what it is for', of: ({ state }) => words[state] },
            { title: 'opens', of: ({ values }) => (values === 1 ? '1 value' : `${values} values`), align: 'right' },
            {
              title: 'made',
              of: ({ madeAt }) => (madeAt === 0 ? 'before it was noted' : moment(madeAt)),
              shrinks: true,
            },
            { title: 'copy shown to be good', of: ({ copiedAt }) => momentOr(copiedAt, 'never') },
          ],
          { json: options.json, none: 'There is no key yet.' },
        )
        if (!options.json) for (const line of [...progress(keys, counts), ...uncopied(keys)]) console.log(line)
        return fine
      }),
    )
}

const opening =
  'What is sealed here (evidence, cases, reports, lists) opens only with one of these keys. The fingerprint names a key and is no secret.'

const words: Readonly<Record<KeyStanding['state'], string>> = {
  coming: 'made, seals nothing yet',
  in_use: 'in use, seals what is new',
  former: 'a former one, still needed',
  empty: 'a former one, no longer needed',
  retired: 'retired and taken away',
}

/** Of those that are needed, or that older backups need. */
function uncopied(keys: readonly KeyStanding[]): string[] {
  const bare = keys.filter(({ state, copiedAt }) => copiedAt === undefined && state !== 'retired')
  return bare.flatMap(({ fingerprint, state }) => [
    `No copy of ${fingerprint} was ever shown to be good: ${lostWith[state]}`,
    `  wardline vault key copy FILE${state === 'in_use' ? '' : ` --key ${fingerprint}`}    FILE on another disk; take it to a safe place`,
    '  wardline vault key confirm FILE    from there: it is whole, and of this key',
  ])
}

const lostWith: Readonly<Record<KeyStanding['state'], string>> = {
  coming: 'it comes into use only after that, by `wardline vault key rotate` again.',
  in_use: 'if the disk with its file dies, all evidence is lost.',
  former: 'if the disk with its file dies, what it opens is lost.',
  empty: 'backups made before the key was changed open only with it.',
  retired: '',
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
      'Still to be sealed under the key in use; a running server does that by itself, so ask again later:',
      ...left.map(({ place, all, done }) => `  ${place}: ${all - done} of ${all} values`),
    ]
  return [
    'Everything is sealed under the key in use.',
    ...empty.map(
      ({ fingerprint }) =>
        `No value needs ${fingerprint}: \`wardline vault key retire ${fingerprint}\` takes it away, once no older backup is kept or a copy of it is safe.`,
    ),
  ]
}
