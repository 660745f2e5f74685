// An exact near-neighbour index over 256-bit codes: every code within a radius, while the list changes.
import type { HammingIndex } from './index.ts'
import { MAX_ROWS } from './layout.ts'
import { Living, type OnFault } from './living.ts'
import { Owner } from './owner.ts'
import { MAX_THREADS, Readers } from './readers.ts'

export { CODE_BYTES, MAX_ID, MAX_RADIUS } from './codes.ts'
export { type FaultCode, HammingFault, type SnapshotTrouble } from './fault.ts'
export type { Answer, Answers, Figures, HammingIndex, Hit, Index } from './index.ts'
export { distanceBits, openScan } from './scan.ts'
export type { Seal, Unseal } from './snapshot.ts'

/** All of them have good defaults. */
export interface Options {
  /** Threads that answer `ask` beside this one. 0 (the default): none, and `ask` answers here. At most 15. */
  readonly threads?: number
  /** From so many new entries on, the newest are put into a ring: 1..65536, 2048 by default. */
  readonly tableRows?: number
  /** Entries in one ring, 16777215 at most and by default: a longer list is several rings. */
  readonly ringRows?: number
  /** Told when a merge fails. The list keeps answering, with longer looks at its newest entries, and tries again. */
  readonly onFault?: OnFault
}

/** An empty index. It needs no wait and no file; threads start when they are first needed. */
export function openIndex(options: Options = {}): HammingIndex {
  const { threads = 0, tableRows = 2048, ringRows = MAX_ROWS, onFault = () => {} } = options
  assertOption('threads', threads, 0, MAX_THREADS)
  assertOption('tableRows', tableRows, 1, 65_536)
  assertOption('ringRows', ringRows, 1, MAX_ROWS)
  return new Owner(new Living({ tableRows, ringRows }, onFault), new Readers(threads))
}

function assertOption(name: string, value: number, from: number, to: number): void {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new RangeError(`${name} is an integer from ${from} to ${to}`)
}
