// Chance has one door, as time has.
import { randomBytes, randomInt } from 'node:crypto'

/** `count` unpredictable bytes. */
export const secretBytes = (count: number): Buffer => randomBytes(count)

/** `count` unpredictable bytes as URL-safe text. */
export const secretText = (count: number): string => randomBytes(count).toString('base64url')

/** A whole number from 0 up to, not including, `below` (0 when below is 0). */
export const chance = (below: number): number => (below < 1 ? 0 : randomInt(Math.floor(below)))
