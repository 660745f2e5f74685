// An entry of more values than one may have is rejected by its name, as a bad fingerprint is; the others are taken.
import { MOST_VALUES } from '../block.ts'
import { tooMany } from '../gather.ts'
import type { Rejected, Seen } from '../sources/source.ts'

/** What it was before is gone, as that of every entry of whose state nothing can be used. */
export function fitting(seen: readonly Seen[]): {
  readonly seen: readonly Seen[]
  readonly rejected: readonly Rejected[]
} {
  const rejected: Rejected[] = []
  const fit = seen.map((one): Seen => {
    const what = one.kind === 'put' ? tooMany(one) : undefined
    if (what === undefined) return one
    const { source, entryId, atMs } = one
    rejected.push({ source, entryId, what, why: `it has more than ${MOST_VALUES} of them: name it as several entries` })
    return { kind: 'remove', source, entryId, atMs }
  })
  return rejected.length === 0 ? { seen, rejected } : { seen: fit, rejected }
}
