// Every process that has opened the vault says so in the database, for as long as it lives, with the keys that it has. So a
// rotation waits until all have the new key, and a retirement until none seals under the old one.
import { type Clock, Fault, type Log, newId, systemClock } from '#base'
import type { Database } from '#db'
import type { KeyRing } from './ring.ts'
import { deleteHolder, keyInUse, keyRows, writeHolder } from './store-keys.ts'

/** How soon a running server hears of another key. Two small reads. */
const lookEveryMs = 1_000
/** A process that was killed, or that cannot reach the database, is waited for this long. */
const heldForMs = 30_000
const renewAfterMs = 10_000

export interface Holding {
  /** Looks now: takes up the keys that there are, and says what it has. Fault `key_away` when the key in use is not here (ring.ts). */
  look(): Promise<void>
  /** Looks now, and every second until the returned function is called. Fault `key_away`: nobody starts without the key in use. */
  begin(): Promise<() => Promise<void>>
}

export function openHolding(settings: {
  readonly database: Database
  readonly ring: KeyRing
  readonly clock: Clock
  readonly log: Log
}): Holding {
  const { database, ring, clock, log } = settings
  const id = newId('holder', clock)
  let said: { readonly words: string; readonly at: number } | undefined
  let held = false

  const look = async () => {
    const keys = await keyRows(database.read)
    const has = ring.has()
    // Lacks one that is wanted, or has one that is not any more: the files may say otherwise by now.
    if (keys.some((key) => has.includes(key.fingerprint) === (key.retired_at !== null))) ring.reload()
    const inUse = await keyInUse(database.read)
    if (inUse !== undefined) ring.use(inUse)
    const words = JSON.stringify([ring.fingerprint, ring.has()])
    // Real time, as all leases have.
    const at = systemClock.now()
    if (!held || (said?.words === words && Math.abs(at - said.at) < renewAfterMs)) return
    await database.transact(async (tx) => {
      // Read here as well: a rotation that takes its key into use at this moment and this line cannot both be committed.
      const now = await keyInUse(tx)
      if (now !== undefined) ring.use(now)
      await writeHolder(tx, { id, opens: ring.has(), sealsUnder: ring.fingerprint, forMs: heldForMs })
    })
    said = { words, at }
  }

  let troubled = false
  /**
   * A disk that is full or a database that is away for a moment ends nobody's work: it is said once, and tried again. Without the
   * key in use nothing is sealed or opened meanwhile: nobody waits for a process whose line ran out.
   */
  const tryToLook = async ({ starting }: { readonly starting: boolean }) => {
    try {
      await look()
      troubled = false
    } catch (error) {
      if (starting && error instanceof Fault && error.code === 'key_away') throw error
      if (!troubled) log.error({ error }, "this process could not look after the vault's keys; it is tried again")
      troubled = true
    }
  }

  return {
    look,
    begin: async () => {
      held = true
      await tryToLook({ starting: true }).catch((error: unknown) => {
        held = false
        throw error
      })
      const stopping = new AbortController()
      const looping = (async () => {
        for (;;) {
          await systemClock.wait(lookEveryMs, stopping.signal)
          if (stopping.signal.aborted) return
          await tryToLook({ starting: false })
        }
      })()
      return async () => {
        stopping.abort()
        await looping
        held = false
        // Where the database is away, the line runs out by itself.
        await database.transact((tx) => deleteHolder(tx, id)).catch(() => {})
      }
    },
  }
}
