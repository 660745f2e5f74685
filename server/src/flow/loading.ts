// From the log of sealed blocks into the matcher's memory: all of it, or what came since. Blocks may be folded meanwhile.
import { type Clock, type Environment, Fault, type Log } from '#base'
import type { Database } from '#db'
import { type ListsNow, listsSince, openBlock, readBlock } from '#lists'
import { Catalogue, orTooLarge } from '#match'
import type { Vault } from '#vault'

export interface MatchingGround {
  readonly database: Database
  readonly vault: Vault
  readonly environment: Environment
  readonly clock: Clock
  readonly log: Log
}

const toldEveryMs = 5_000

/** A catalogue of all lists as they are now. told: of the share that is done, 0..1. */
export async function load(
  ground: MatchingGround,
  stopping: AbortSignal,
  told: (share: number) => void,
): Promise<Catalogue> {
  for (;;) {
    const catalogue = new Catalogue(ground.log)
    try {
      if (await layAll(ground, catalogue, stopping, told)) return catalogue
    } catch (error) {
      await catalogue[Symbol.asyncDispose]()
      throw error
    }
    await catalogue[Symbol.asyncDispose]()
  }
}

/**
 * Brings a catalogue that is in use up to what the lists are now, in one step: all blocks are read before the first is laid, so
 * that of an import, or of lists that belong together, no part is served alone. `load_anew`: removals that it has not seen have
 * left the log, a list is gone, the database is an older one than before, or so much has come that loading everything is done
 * sooner.
 */
export async function follow(ground: MatchingGround, catalogue: Catalogue): Promise<'followed' | 'load_anew'> {
  const { database, vault, environment } = ground
  const opened = new Map<string, Buffer>()
  for (;;) {
    const now = await listsSince(database, environment, catalogue.version)
    const changes = now.blocks.reduce((sum, block) => sum + block.puts + block.removes, 0)
    if (now.version < catalogue.version || hasMissed(now, catalogue.version)) return 'load_anew'
    if (changes > Math.max(MANY_CHANGES, catalogue.size / 4)) return 'load_anew'
    const isOneGone = catalogue.lists.some(({ id }) => now.lists.every((list) => list.id !== id))
    // A list that was removed counts no more from now on; its entries leave the memory with the catalogue.
    catalogue.setHeads(now.lists)
    if (isOneGone) return 'load_anew'
    const blocks: { readonly listId: string; readonly bytes: Buffer }[] = []
    for (const { id, listId } of now.blocks) {
      const bytes = opened.get(id) ?? (await readUnlessFolded(database, vault, listId, id))
      if (bytes === undefined) break
      // Of a later format: known before anything is laid.
      openBlock(bytes)
      opened.set(id, bytes)
      blocks.push({ listId, bytes })
    }
    // What was folded stands in another block now: they are listed again.
    if (blocks.length < now.blocks.length) continue
    for (const { listId, bytes } of blocks) await catalogue.lay(listId, bytes)
    await catalogue.publish(now.version)
    return 'followed'
  }
}

/** Undefined if it was folded into others meanwhile. */
function readUnlessFolded(database: Database, vault: Vault, listId: string, id: string): Promise<Buffer | undefined> {
  return readBlock(database.read, vault, listId, id).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'block_gone') return undefined
    throw orTooLarge(error)
  })
}

/** One by one they take 3 s, and 70 ms in one go to become visible. */
const MANY_CHANGES = 500_000

/** False if it must begin again. */
async function layAll(
  ground: MatchingGround,
  catalogue: Catalogue,
  stopping: AbortSignal,
  told: (share: number) => void,
): Promise<boolean> {
  const { database, vault, environment, log } = ground
  let now = await listsSince(database, environment, 0)
  const total = now.blocks.reduce((sum, { puts }) => sum + puts, 0)
  catalogue.setHeads(now.lists)
  let left = [...now.blocks]
  let done = 0
  let lastVersion = 0
  const laid = new Set<string>()
  const started = performance.now()
  let toldAt = started
  for (let block = left.shift(); block !== undefined; block = left.shift()) {
    if (stopping.aborted) throw new Fault('stopping', 'the server is stopping', { retry: 'later' })
    const { id, listId, version, puts } = block
    const bytes = await readUnlessFolded(database, vault, listId, id)
    if (bytes === undefined) {
      // Folded meanwhile: what it held stands in another one, at the same place of the log or later.
      now = await listsSince(database, environment, 0)
      if (hasMissed(now, lastVersion)) return false
      catalogue.setHeads(now.lists)
      left = now.blocks.filter((each) => each.version >= lastVersion && !laid.has(each.id))
      continue
    }
    await catalogue.lay(listId, bytes)
    laid.add(id)
    lastVersion = version
    done += puts
    told(Math.min(0.99, done / Math.max(1, total)))
    if (performance.now() - toldAt < toldEveryMs) continue
    toldAt = performance.now()
    const seconds = Math.round((toldAt - started) / 1000)
    log.info({ entries: done, of: total, seconds }, 'hash lists are being loaded')
  }
  await catalogue.fill()
  await catalogue.publish(now.version)
  return true
}

/** Whether removals that came after this version have left the log. What came before the first block was never held. */
function hasMissed({ lists }: ListsNow, version: number): boolean {
  return version > 0 && lists.some(({ foldedTo }) => foldedTo > version)
}
