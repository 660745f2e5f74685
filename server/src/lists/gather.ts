// Rows that say one value each become entries that hold all of theirs.
import { setImmediate } from 'node:timers/promises'
import { MOST_VALUES } from './block.ts'
import { keyOf } from './changes.ts'
import { type Algorithm, algorithms, type Entry, type Put, type Value, weightier } from './entry.ts'

/** Rows of one entry together, by key; of its classes the one that leads to most, of its labels the last. */
export async function gathered(
  pages: Iterable<readonly Entry[]> | AsyncIterable<readonly Entry[]>,
): Promise<Map<string, Put>> {
  const entries = new Map<string, Put & { readonly values: Value[] }>()
  for await (const page of pages)
    for (const [at, { source, entryId, algorithm, value, class: named, label }] of page.entries()) {
      if (at % 8192 === 8191) await setImmediate()
      const key = keyOf({ source, entryId })
      const twin = entries.get(key)
      const put = twin ?? { kind: 'put' as const, source, entryId, class: named, members: [source], values: [] }
      // One array for all its rows: with a new one for each, an entry of very many would take for ever.
      put.values.push({ algorithm, value })
      const isSame = put.class === weightier(named, put.class) && (label === undefined || label === put.label)
      if (twin !== undefined && isSame) continue
      entries.set(key, { ...put, class: weightier(named, put.class), ...(label !== undefined && { label }) })
    }
  for (const [key, put] of entries)
    if (put.values.length > 1) entries.set(key, { ...put, values: distinct(put.values) })
  return entries
}

/** Each value once. */
export function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map((each) => [`${each.algorithm} ${each.value}`, each])).values()]
}

/** Of which algorithm it has so many values that no block can hold it. */
export function tooMany({ values }: Pick<Put, 'values'>): Algorithm | undefined {
  if (values.length <= MOST_VALUES) return undefined
  return algorithms.find((algorithm) => ofOne(values, algorithm).length > MOST_VALUES)
}

/** What is too large for a block goes on in further entries, which are named like it: `e1`, `e1#2`, `e1#3`. */
export function divided(entries: ReadonlyMap<string, Put>): Put[] {
  return [...entries.values()].flatMap((put) => {
    if (tooMany(put) === undefined) return [put]
    const parts: Put[] = []
    const byAlgorithm = algorithms.map((algorithm) => ofOne(put.values, algorithm))
    let number = 1
    for (let from = 0; ; from += MOST_VALUES) {
      const values = byAlgorithm.flatMap((some) => some.slice(from, from + MOST_VALUES))
      if (values.length === 0) return parts
      const named = () => (number === 1 ? put : { ...put, entryId: `${put.entryId}#${number}` })
      // Another entry may have this very name.
      while (number > 1 && entries.has(keyOf(named()))) number += 1
      parts.push({ ...named(), values })
      number += 1
    }
  })
}

const ofOne = (values: readonly Value[], algorithm: Algorithm) => values.filter((each) => each.algorithm === algorithm)
