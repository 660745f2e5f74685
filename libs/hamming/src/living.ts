// The list itself: a table of the newest entries, a few rings, and two threads that merge them. An entry lives in one place.
// All of it belongs to one thread, which changes it between questions, so nobody sees half a change and no one waits.
import { type Builder, Filler, PATIENT } from './building.ts'
import { faultOf, HammingFault } from './fault.ts'
import type { OnHit } from './kernel.ts'
import { MAX_SOURCES, type Source } from './merge.ts'
import { heavyMerge, type Plan, quickMerge } from './plan.ts'
import { Ring } from './ring.ts'
import type { Listed } from './sorted.ts'
import { Table } from './table.ts'
import { Thread } from './thread.ts'

export type OnFault = (fault: HammingFault) => void

/** What a question looks into. */
export interface Part {
  look(codes: readonly Uint8Array[], radius: number, onRow: OnHit): void
  /** The id of a row, undefined if it is gone. */
  entry(row: number): number | undefined
}

interface Merge {
  readonly tableRows: number
  readonly rings: readonly Ring[]
  /** Removed while the merge ran: what it makes knows nothing of that yet. */
  readonly removed: number[]
}

export class Living {
  readonly #limits: { readonly tableRows: number; readonly ringRows: number; readonly sources: number }
  readonly #onFault: OnFault
  readonly #quick: Builder = new Thread('builder')
  readonly #heavy: Builder = new Thread('builder', PATIENT)
  readonly #filler = new Filler()
  readonly #merges = new Map<Builder, Merge>()
  readonly #running = new Set<Promise<void>>()
  /** While a fill runs: what happened to each id since. */
  #since: Map<number, Uint8Array | undefined> | undefined
  /** After a fault no merge begins before this version. */
  #restUntil = 0

  version = 0
  readonly table = new Table()
  /** Another array after each merge, never changed. */
  rings: readonly Ring[] = []

  constructor(limits: { readonly tableRows: number; readonly ringRows: number }, onFault: OnFault) {
    this.#limits = { ...limits, sources: MAX_SOURCES }
    this.#onFault = onFault
  }

  get size(): number {
    return this.rings.reduce((sum, ring) => sum + ring.living, this.table.living)
  }

  parts(): readonly Part[] {
    return [...this.rings, this.table]
  }

  /** A picture of the list at this moment, for merges and snapshots. */
  sources(): Source[] {
    return [...this.rings.map((ring) => ring.source()), this.table.source(this.table.rows)]
  }

  has(id: number): boolean {
    return this.table.has(id) || this.rings.some((ring) => ring.has(id))
  }

  add(id: number, code: Uint8Array): boolean {
    if (this.has(id)) return false
    this.#reserve()
    this.#put(id, code)
    return true
  }

  replace(id: number, code: Uint8Array): boolean {
    // First, so that the former code is not lost when there is no memory for the new one.
    this.#reserve()
    const replaced = this.#drop(id)
    this.#put(id, code)
    return replaced
  }

  remove(id: number): boolean {
    if (!this.#drop(id)) return false
    this.version++
    this.#since?.set(id, undefined)
    this.#plan()
    return true
  }

  async fill(list: Listed, version: number): Promise<void> {
    if (this.#since !== undefined) throw new RangeError('the index is being filled already')
    const since = new Map<number, Uint8Array | undefined>()
    this.#since = since
    try {
      // No one waits for the answers of an empty list, so it may take a second core.
      const helper = this.size === 0 ? this.#quick : undefined
      const rings = await this.#filler.rings(list, this.#limits.ringRows, helper)
      // From here to the end nothing is waited for: questions see the former list before, and this one after.
      this.#merges.clear()
      this.rings = rings
      this.table.drop(this.table.rows)
    } finally {
      this.#since = undefined
    }
    for (const [id, code] of since) {
      this.#drop(id)
      if (code === undefined) continue
      this.table.reserve()
      this.table.add(id, code)
    }
    this.version = Math.max(this.version + 1, version)
    this.#plan()
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async close(): Promise<void> {
    this.#restUntil = Number.POSITIVE_INFINITY
    await Promise.all([this.#quick.close(), this.#heavy.close(), this.#filler.close()])
  }

  #reserve(): void {
    try {
      this.table.reserve()
    } catch (cause) {
      throw new HammingFault('out_of_memory', { cause })
    }
  }

  #put(id: number, code: Uint8Array): void {
    this.table.add(id, code)
    this.version++
    this.#since?.set(id, code.slice())
    this.#plan()
  }

  #drop(id: number): boolean {
    if (!this.table.remove(id) && !this.rings.some((ring) => ring.remove(id))) return false
    for (const { removed } of this.#merges.values()) removed.push(id)
    return true
  }

  /** Begins what is due. Both threads may work at once, on different rings. */
  #plan(): void {
    if (this.version < this.#restUntil) return
    this.#begin(this.#quick, quickMerge)
    if (this.#since === undefined) this.#begin(this.#heavy, heavyMerge)
  }

  #begin(thread: Builder, planOf: typeof quickMerge): void {
    if (this.#merges.has(thread)) return
    const taken = new Set([...this.#merges.values()].flatMap((merge) => merge.rings))
    const free = this.rings.filter((ring) => !taken.has(ring))
    const shape = {
      tableRows: this.table.rows,
      rings: free.map((ring) => ({ living: ring.living, rows: ring.built.rows })),
    }
    const plan = planOf(shape, this.#limits)
    if (plan === undefined) return
    const running = this.#merge(thread, plan, free).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #merge(thread: Builder, plan: Plan, free: readonly Ring[]): Promise<void> {
    const rings = free.filter((_, place) => plan.rings.includes(place))
    const merge: Merge = { tableRows: plan.table ? this.table.rows : 0, rings, removed: [] }
    this.#merges.set(thread, merge)
    try {
      const sources = rings.map((ring) => ring.source())
      if (plan.table) sources.push(this.table.source(merge.tableRows))
      const built = await thread.ask({ sources, maxRows: this.#limits.ringRows, unsorted: false, unfinished: false })
      // A fill has put another list in place of what was merged.
      if (this.#merges.get(thread) !== merge) return
      this.#take(
        merge,
        built.map((one) => new Ring(one, 0)),
      )
    } catch (error) {
      this.#restUntil = Math.max(this.#restUntil, this.version + this.#limits.tableRows)
      if (!(error instanceof HammingFault && error.code === 'closed')) this.#onFault(faultOf(error))
    } finally {
      if (this.#merges.get(thread) === merge) this.#merges.delete(thread)
    }
    this.#plan()
  }

  /** One step, so a question sees the rings before it or those after it. */
  #take(merge: Merge, made: readonly Ring[]): void {
    for (const id of merge.removed) made.some((ring) => ring.remove(id))
    this.rings = [...this.rings.filter((ring) => !merge.rings.includes(ring)), ...made].filter(
      (ring) => ring.living > 0,
    )
    this.table.drop(merge.tableRows)
  }
}
