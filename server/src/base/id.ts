// Ids that sort by time within a process, say what they name, and can be read aloud: `case_01kb3v...`.
import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

/** An id of one kind is not an id of another: `Id<'case'>` does not fit where `Id<'scan'>` is asked. */
export type Id<Kind extends string> = `${Kind}_${string}`

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
let lastMs = 0
let within = 0

/** 48 bits of time, 12 bits of order within the millisecond, 80 random bits; Crockford base32, lower case. */
export function newId<Kind extends string>(kind: Kind, clock: Clock): Id<Kind> {
  const now = clock.now()
  within = now === lastMs ? within + 1 : 0
  lastMs = now
  return `${kind}_${textOf(now, within, BigInt(`0x${randomBytes(10).toString('hex')}`))}`
}

/** No id of this kind that was made at this moment (epoch ms) or later sorts before it. */
export const leastId = (kind: string, at: number): string => `${kind}_${textOf(at, 0, 0n)}`

function textOf(ms: number, order: number, random: bigint): string {
  const time = BigInt(ms) * 4096n + BigInt(order & 4095)
  const bits = (time << 80n) | random
  let text = ''
  for (let shift = 135n; shift >= 0n; shift -= 5n) text += alphabet[Number((bits >> shift) & 31n)]
  return text
}
