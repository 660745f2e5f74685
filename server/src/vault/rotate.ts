// A new master key, without a moment in which anything fails: its file is made, a person shows that there is a copy of it, every
// running process is waited for until it has it, and in one transaction it is taken into use. What was sealed before is sealed anew by a job (flow/reseal.ts). A crash
// between any two steps leaves the old key in use; the same command asked again goes on from there.
import { type Actor, record } from '#audit'
import { type Clock, Fault, type Log, systemClock } from '#base'
import type { Database, Transaction } from '#db'
import type { Digests } from './digests.ts'
import { fault } from './fault.ts'
import type { Holding } from './holding.ts'
import { addKey, withdrawKey } from './key-files.ts'
import { listKeys } from './keys.ts'
import { askToReseal } from './reseal.ts'
import type { KeyRing } from './ring.ts'
import { deleteKey, holders, insertKey, takeIntoUse } from './store-keys.ts'

export interface Rotating {
  readonly keyFile: string
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly ring: KeyRing
  readonly digests: Digests
  readonly holding: Holding
}

export interface RotationOptions {
  readonly actor?: Actor
  /** Take it into use though no copy of it was confirmed: then all evidence hangs on one file. */
  readonly withoutCopy?: boolean
  /** How long to wait for running processes that do not have the new key yet. */
  readonly patienceMs: number
  /** Told once the new key's file is there, and whenever the number of processes without it changes. */
  readonly tell?: (waiting: { readonly fingerprint: string; readonly without: number }) => void
}

/** copy_first: the key is made and not in use, for nobody has confirmed a copy of it; asked again, it goes on. */
export interface Rotated {
  readonly kind: 'in_use' | 'copy_first'
  readonly fingerprint: string
}

const lookEveryMs = 200

/**
 * Makes a key, or goes on with the one that was made, and takes it into use. Faults: `rotation_under_way` while values still need a former key, `rotation_waits` when
 * a process does not have the new key in time, `key_missing` when a rotation was begun on another machine.
 */
export async function rotate(
  at: Rotating,
  { actor = 'wardline', withoutCopy = false, patienceMs, tell }: RotationOptions,
): Promise<Rotated> {
  const fingerprint = await begin(at, actor)
  if (!withoutCopy && !(await isCopied(at.database, fingerprint))) return { kind: 'copy_first', fingerprint }
  const until = systemClock.now() + patienceMs
  let told: number | undefined
  for (;;) {
    await at.holding.look()
    const without = await at.database.transact((tx) => take(at, tx, fingerprint, actor))
    if (without !== told) tell?.({ fingerprint, without })
    told = without
    if (without === 0) break
    if (systemClock.now() > until) throw waits(without)
    await systemClock.wait(lookEveryMs)
  }
  journaled(at, 'new key in use')
  await at.holding.look()
  return { kind: 'in_use', fingerprint }
}

async function isCopied({ read }: Database, fingerprint: string): Promise<boolean> {
  return (await listKeys(read)).some((key) => key.fingerprint === fingerprint && key.copiedAt !== undefined)
}

/** Ends a rotation whose key is not in use yet; answers with the key's fingerprint, or undefined when there is none. */
export async function abandonRotation(
  { database, clock, keyFile }: Pick<Rotating, 'database' | 'clock' | 'keyFile'>,
  actor: Actor = 'wardline',
): Promise<string | undefined> {
  const fingerprint = await database.transact(async (tx) => {
    const coming = await comingKey(tx)
    if (coming === undefined) return undefined
    await deleteKey(tx, coming)
    await record(tx, clock, { actor, act: 'abandon_vault_key', subject: coming })
    return coming
  })
  if (fingerprint !== undefined) await withdrawKey(keyFile, fingerprint)
  return fingerprint
}

/** The new key's file and its row. Of two commands at once one makes the key, and both go on with it. */
async function begin(at: Rotating, actor: Actor): Promise<string> {
  const { database, clock, keyFile, ring } = at
  const known = await database.transact(mayBegin)
  if (known !== undefined) return here(ring, known)
  const { fingerprint } = await addKey(keyFile)
  journaled(at, 'new key written')
  // Somebody else may have begun at the same moment: then nothing was sealed with ours, and nobody knows it. After any other
  // failure it stays, for nobody can say whether it was written down.
  const coming = await database
    .transact(async (tx) => {
      const other = await mayBegin(tx)
      if (other !== undefined) return other
      await insertKey(tx, { fingerprint, made_at: clock.now() })
      await record(tx, clock, { actor, act: 'make_vault_key', subject: fingerprint })
      return fingerprint
    })
    .catch(async (error: unknown) => {
      if (error instanceof Fault && error.code === 'rotation_under_way') await withdrawKey(keyFile, fingerprint)
      throw error
    })
  if (coming !== fingerprint) await withdrawKey(keyFile, fingerprint)
  journaled(at, 'new key known')
  return here(ring, coming)
}

/** The key of a rotation that was begun; undefined when one may be begun. */
async function mayBegin(tx: Transaction): Promise<string | undefined> {
  const keys = await listKeys(tx)
  if (keys.some(({ state }) => state === 'former'))
    throw fault(
      'rotation_under_way',
      'the rotation before this one is still sealing values anew: wait until `wardline vault status` says that nothing is left',
      'later',
    )
  return comingKey(tx)
}

async function comingKey(tx: Transaction): Promise<string | undefined> {
  return (await listKeys(tx)).find(({ state }) => state === 'coming')?.fingerprint
}

function here(ring: KeyRing, fingerprint: string): string {
  if (ring.of(fingerprint) !== undefined) return fingerprint
  throw fault(
    'key_missing',
    `a rotation to the key ${fingerprint} was begun, and its file is not on this machine: bring it here, or go on where it ` +
      'lies, or end that rotation with --abandon',
    'never',
  )
}

/** 0 when the key is in use from this transaction on, else how many processes do not have it. */
async function take(at: Rotating, tx: Transaction, fingerprint: string, actor: Actor): Promise<number> {
  const { clock, ring, digests } = at
  const keys = await listKeys(tx)
  // Another command was faster.
  if (keys.some((key) => key.fingerprint === fingerprint && key.state === 'in_use')) return 0
  if (!keys.some((key) => key.fingerprint === fingerprint && key.state === 'coming'))
    throw fault('rotation_under_way', 'this rotation was ended by somebody else', 'never')
  const without = (await holders(tx)).filter(({ opens }) => !opens.includes(fingerprint)).length
  const next = ring.of(fingerprint)
  if (next === undefined || without > 0) return Math.max(1, without)
  const former = keys.find(({ state }) => state === 'in_use')?.fingerprint ?? null
  await takeIntoUse(tx, fingerprint, clock.now())
  await digests.keep(tx, next)
  await askToReseal(tx, clock)
  await record(tx, clock, { actor, act: 'rotate_vault_key', subject: fingerprint, detail: { former } })
  return 0
}

function waits(without: number) {
  return fault(
    'rotation_waits',
    `${without} running ${without === 1 ? 'process does' : 'processes do'} not have the new key yet, so the old one stays in use: ` +
      'where servers run on other machines, bring the new key file there; then run this again',
    'later',
  )
}

/** A crash after this line goes on behind it. */
function journaled({ log }: Pick<Rotating, 'log'>, step: string): void {
  log.info({ step }, 'journaled')
}
