// From the log of sealed blocks into the matcher's memory: all of it, or what came since. Blocks may be folded meanwhile.
import { type Clock, type Environment, Fault, type Log } from '#base'
import type { Database } from '#db'
import { type ListsNow, listsSince, readBlock } from '#lists'
import { Catalogue } from '#match'
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
 * Brings a catalogue that is in use up to what the lists are now, version by version. `load_anew`: removals that it has not seen
 * have left the log, a list is gone, or so much has come that loading everything is done sooner.
 */
export async function follow(ground: MatchingGround, catalogue: Catalogue): Promise<'followed' | 'load_anew'> {
  const now = await listsSince(ground.database, ground.environment, catalogue.version)
  const puts = now.blocks.reduce((sum, block) => sum + block.puts, 0)
  if (hasMissed(now, catalogue.version) || puts > Math.max(MANY_PUTS, catalogue.size)) return 'load_anew'
  const isOneGone = catalogue.lists.some(({ id }) => now.lists.every((list) => list.id !== id))
  // A list that was removed counts no more from now on; its entries leave the memory with the catalogue.
  catalogue.setHeads(now.lists)
  if (isOneGone) return 'load_anew'
  for (const [at, { id, listId, version }] of now.blocks.entries()) {
    await catalogue.lay(listId, await readBlock(ground.database.read, ground.vault, listId, id))
    if (now.blocks[at + 1]?.version !== version) await catalogue.publish(version)
  }
  await catalogue.publish(now.version)
  return 'followed'
}

/** One by one they would take some seconds. */
const MANY_PUTS = 500_000

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
    const bytes = await readBlock(database.read, vault, listId, id).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'block_gone') return undefined
      throw error
    })
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
