// Canaries: entries that no picture in the world has, made for this deployment alone and hidden among the real ones. Who asks
// for one holds a stolen list. Nobody ever sees their values, the operator included.
import { type Actor, record } from '#audit'
import { type Clock, chance, Fault, newId, secretBytes } from '#base'
import type { Connection, Database } from '#db'
import type { Vault } from '#vault'
import { changeAt, openBlock, rowsOf } from '../block.ts'
import { applyChanges, sealChanges } from '../changes.ts'
import { hexDigits, type Put, type Value } from '../entry.ts'
import { raiseGuardsVersion } from '../guards.ts'
import { summariseLists } from '../store.ts'
import { blocksAfter, readBlock } from '../store-blocks.ts'
import { type CanaryFacts, type CanaryRow, canaryRows, insertCanaries, readCanary, sealCanary } from './store.ts'

export { removeCanaries, tidyCanaries } from './remove.ts'
export { type Canary, type CanaryWatch, openCanaryWatch } from './watch.ts'

/** More tell no more, and each is looked at for every picture. */
const MOST_CANARIES = 1_000
/** Of so many entries of a list the shapes are taken. */
const shapes = 200
/** Where the real names leave no room, those of canaries grow longer after so many rounds, a sign with each. */
const roundsAlike = 2
const triesEach = 8

interface Making {
  /** How many to add. */
  readonly count: number
  readonly actor: Actor
}

/**
 * Plants them in the lists that hold PDQ values, in turn: each has the source, class, members and algorithms of a real entry and an
 * entry id of the same form. They lie in the lists' own sealed blocks, so whoever takes those takes them along. Answers how many
 * each list got. Faults `canaries_odd`, `nowhere_to_plant`.
 */
export async function makeCanaries(
  database: Database,
  vault: Pick<Vault, 'seal' | 'unseal' | 'sealJson' | 'fingerprint'>,
  clock: Clock,
  { count, actor }: Making,
): Promise<readonly { readonly listId: string; readonly planted: number }[]> {
  const standing = (await canaryRows(database.read)).filter(isPlanted).length
  if (!Number.isInteger(count) || count < 1 || standing + count > MOST_CANARIES)
    throw refusal(
      'canaries_odd',
      `a deployment has from 1 to ${MOST_CANARIES} canaries, and ${standing} are there already`,
    )
  const lists: { id: string; samples: readonly Put[] }[] = []
  for (const { id, class: named, policy } of await summariseLists(database.read)) {
    if (named === 'never_match' || !policy.enabled) continue
    const samples = await samplesOf(database.read, vault, id)
    if (samples.length > 0) lists.push({ id, samples })
  }
  if (lists.length === 0)
    throw refusal(
      'nowhere_to_plant',
      'no list that is in use holds PDQ values yet, among which canaries would not be seen',
    )

  const planted: { listId: string; planted: number }[] = []
  for (const [place, { id, samples }] of lists.entries()) {
    const share = Math.floor(count / lists.length) + (place < count % lists.length ? 1 : 0)
    if (share === 0) continue
    const puts = await freshCanaries(database.read, vault, id, samples, share)
    const rows = puts.map((put) => {
      const { kind: _, ...facts } = put
      const rowId = newId('canary', clock)
      return { id: rowId, list_id: id, sealed: sealCanary(vault, rowId, facts as CanaryFacts), planted_at: clock.now() }
    })
    const sealed = sealChanges(vault, clock, id, puts)
    await database.transact(async (tx) => {
      await applyChanges(tx, clock, sealed)
      await insertCanaries(tx, rows)
      await raiseGuardsVersion(tx)
      await record(tx, clock, { actor, act: 'plant_canaries', subject: id, detail: { planted: rows.length } })
    })
    planted.push({ listId: id, planted: rows.length })
  }
  return planted
}

/** Some entries with PDQ values, wherever they lie in the list. */
async function samplesOf(db: Connection, vault: Pick<Vault, 'unseal'>, listId: string): Promise<readonly Put[]> {
  const samples: Put[] = []
  let seen = 0
  for await (const put of putsOf(db, vault, listId)) {
    if (!put.values.some(({ algorithm }) => algorithm === 'pdq')) continue
    seen += 1
    // Each entry with the same chance (reservoir sampling).
    if (samples.length < shapes) samples.push(put)
    else {
      const place = chance(seen)
      if (place < shapes) samples[place] = put
    }
  }
  return samples
}

/** No two entries of a list share a name: a canary must never take a real one's place. */
async function freshCanaries(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
  samples: readonly Put[],
  count: number,
): Promise<Put[]> {
  const made = new Map<string, Put>()
  for (let round = 0; made.size < count; round += 1) {
    for (let tries = 0; tries < triesEach * count && made.size < count; tries += 1) {
      const like = samples[chance(samples.length)]
      if (like === undefined) throw new Error('a canary needs an entry to look like')
      const canary = alike(like, Math.max(0, round - roundsAlike))
      made.set(nameOf(canary), canary)
    }
    for await (const put of putsOf(db, vault, listId)) made.delete(nameOf(put))
  }
  return [...made.values()]
}

async function* putsOf(db: Connection, vault: Pick<Vault, 'unseal'>, listId: string): AsyncGenerator<Put> {
  for (const { id } of await blocksAfter(db, 0, listId)) {
    const block = openBlock(await readBlock(db, vault, listId, id))
    for (const at of rowsOf(block)) {
      const change = changeAt(block, at)
      if (change.kind === 'put') yield change
    }
  }
}

const nameOf = ({ source, entryId }: Put) => JSON.stringify([source, entryId])

function alike({ source, entryId, class: named, label, members, values }: Put, longer: number): Put {
  return {
    kind: 'put',
    source,
    // At least so long that a fresh one is soon found, also where the real ones are short numbers.
    entryId: disguised(entryId.padEnd(Math.max(6, entryId.length) + longer, '0')),
    class: named,
    ...(label === undefined ? {} : { label }),
    members,
    values: values.map(({ algorithm }): Value => ({ algorithm, value: freshValue(algorithm) })),
  }
}

/** Digits stay digits, hexadecimal stays hexadecimal, letters stay letters of their case. */
function disguised(text: string): string {
  const hexadecimal = /^[0-9a-f-]+$/.test(text) && /[a-f]/.test(text)
  return text.replaceAll(/[0-9A-Za-z]/g, (sign) => {
    const from = hexadecimal ? '0123456789abcdef' : alphabets.find((one) => one.includes(sign))
    return from?.[chance(from.length)] ?? sign
  })
}
const alphabets = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** Random; a PDQ value with as many ones as zeros, as the median makes them. PDQ, section 1.6. */
function freshValue(algorithm: Value['algorithm']): string {
  if (algorithm !== 'pdq') return secretBytes(hexDigits[algorithm] / 2).toString('hex')
  const bits = Array.from({ length: 256 }, (_, at) => at % 2)
  for (let at = bits.length - 1; at > 0; at -= 1) {
    const other = chance(at + 1)
    const one = bits[at] ?? 0
    bits[at] = bits[other] ?? 0
    bits[other] = one
  }
  const bytes = Buffer.alloc(32)
  for (const [at, bit] of bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7))
  return bytes.toString('hex')
}

/** For the scanning server alone. */
export async function loadCanaries(db: Connection, vault: Pick<Vault, 'unsealJson'>) {
  return (await canaryRows(db)).map((row) => ({
    id: row.id,
    listId: row.list_id,
    removed: !isPlanted(row),
    ...readCanary(vault, row),
  }))
}

const isPlanted = ({ removed_at }: CanaryRow) => removed_at === null

export interface CanaryCount {
  readonly listId: string
  readonly canaries: number
  readonly plantedAt: number
  /** The list they were planted in was removed: it may have been stolen before, so they are watched for still. */
  readonly listGone: boolean
}

/** How many each list holds and since when; nothing else of them is ever told. */
export async function countCanaries(db: Connection): Promise<readonly CanaryCount[]> {
  const lists = new Map((await summariseLists(db)).map(({ id, createdAt }) => [id, createdAt]))
  const counts = new Map<string, CanaryCount>()
  for (const { list_id: listId, planted_at: plantedAt } of (await canaryRows(db)).filter(isPlanted)) {
    // A list that came later under the same name holds none of them.
    const listGone = (lists.get(listId) ?? Number.POSITIVE_INFINITY) > plantedAt
    const key = JSON.stringify([listId, listGone])
    counts.set(key, { listId, canaries: (counts.get(key)?.canaries ?? 0) + 1, plantedAt, listGone })
  }
  return [...counts.values()]
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
