// Pages that were read and are not written down yet: with a transaction for each, a fast source would wait for the disk.
import { systemClock } from '#base'
import type { Change } from '../entry.ts'
import type { Rejected, Skipped } from '../sources/source.ts'
import type { NoteRow } from './notes.ts'
import type { Position } from './position.ts'

const mostPages = 4
/** A change is live in the matcher within two seconds after its page: only so long may it lie here. */
const longestMs = 500

export interface PageStep {
  readonly changes: readonly Change[]
  readonly rows: readonly NoteRow[]
  readonly rejected: readonly Rejected[]
  readonly skipped: Skipped
}

export interface Batched extends PageStep {
  /** Behind the last of its pages. */
  readonly position: Position
}

export class Batch {
  #held: (Batched & { readonly pages: number; readonly sinceMs: number }) | undefined

  add(page: PageStep, position: Position): void {
    const held = this.#held ?? { ...empty, position, pages: 0, sinceMs: systemClock.now() }
    this.#held = {
      changes: [...held.changes, ...page.changes],
      rows: [...held.rows, ...page.rows],
      rejected: [...stillRejected(held.rejected, page.changes), ...page.rejected],
      skipped: {
        videos: held.skipped.videos + page.skipped.videos,
        otherKinds: held.skipped.otherKinds + page.skipped.otherKinds,
      },
      position,
      pages: held.pages + 1,
      sinceMs: held.sinceMs,
    }
  }

  /** Everything, once. */
  take(): Batched | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  isFull(): boolean {
    return (this.#held?.pages ?? 0) >= mostPages
  }

  /** Waits for the next page, but not for longer than what is held may lie: false when it must be written down before. */
  async mayWaitFor(next: Promise<unknown>): Promise<boolean> {
    if (this.#held === undefined) return true
    const over = new AbortController()
    const leftMs = Math.max(0, this.#held.sinceMs + longestMs - systemClock.now())
    const came = next.then(
      () => true,
      () => true,
    )
    const waited = systemClock.wait(leftMs, over.signal).then(() => false)
    const first = await Promise.race([came, waited])
    over.abort()
    return first
  }
}

/** What an earlier page said of an entry is over once a later one names it. */
function stillRejected(rejected: readonly Rejected[], changes: readonly Change[]): readonly Rejected[] {
  if (rejected.length === 0) return rejected
  const named = new Set(changes.map(({ source, entryId }) => `${source}\n${entryId}`))
  return rejected.filter(({ source, entryId }) => !named.has(`${source}\n${entryId}`))
}

const empty: PageStep = { changes: [], rows: [], rejected: [], skipped: { videos: 0, otherKinds: 0 } }
