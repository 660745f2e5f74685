// What a decoder said, believed only as far as its shape is right: a decoder may have been taken over. By hand, since loading
// zod alone would be a seventh of the time that `wardline hash` takes for a small file.
import type { Undecodable } from '#extract'
import { isErrorCode } from './file.ts'
import type { Answer } from './words.ts'

type Check = (value: unknown) => boolean

/** These fields and no other; all must be there but those that may be left out. */
const only =
  (fields: Readonly<Record<string, Check>>, mayLack: Readonly<Record<string, Check>> = {}): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const given = value as Readonly<Record<string, unknown>>
    const isRight = ([name, check]: [string, Check]) => Object.hasOwn(given, name) && check(given[name])
    const known = (name: string) => Object.hasOwn(fields, name) || Object.hasOwn(mayLack, name)
    return (
      Object.keys(given).every(known) &&
      Object.entries(fields).every(isRight) &&
      Object.entries(mayLack).every((one) => given[one[0]] === undefined || isRight(one))
    )
  }

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
const hex = (digits: number): Check => {
  const shape = new RegExp(`^[0-9a-f]{${digits}}$`)
  return (value) => typeof value === 'string' && value.length === digits && shape.test(value)
}
const hash: Check = (value) => value instanceof Uint8Array && value.byteLength === 32
const hashed = only({ hash, quality: whole(0, 100) })
const anything: Check = () => true

const dihedral = {
  original: hash,
  rotate90: hash,
  rotate180: hash,
  rotate270: hash,
  flipX: hash,
  flipY: hash,
  flipPlus1: hash,
  flipMinus1: hash,
}

const picture = {
  index: whole(0),
  width: whole(1),
  height: whole(1),
  commandLine: hashed,
  fullResolution: hashed,
  dihedral: only(dihedral),
}

const reasons: Readonly<Record<Undecodable, true>> = {
  empty: true,
  not_an_image: true,
  unsupported_type: true,
  too_many_pixels: true,
  nothing_decodes: true,
  too_many_frames: true,
  unread_frames: true,
}

const shapes: Readonly<Record<Answer['kind'], Check>> = {
  ready: only({ kind: anything }),
  cannot_start: only({ kind: anything, words: (value) => typeof value === 'string' && value.length <= 500 }),
  begun: only({ kind: anything }),
  digests: only({ kind: anything, digests: only({ md5: hex(32), sha1: hex(40), sha256: hex(64) }) }),
  picture: only({ kind: anything, picture: only(picture, { fast: (value) => value === true }) }),
  whole: only({ kind: anything }),
  undecodable: only({ kind: anything, why: (value) => typeof value === 'string' && Object.hasOwn(reasons, value) }),
  forgotten: only({ kind: anything }),
  unopened: only({ kind: anything, why: (value) => typeof value === 'string' && isUnopenedWhy(value) }),
}

function isUnopenedWhy(why: string): boolean {
  return why === 'no_image' || why === 'not_a_file' || why === 'too_large' || isErrorCode(why)
}

/** A picture is told at once; of all else a decoder has a handful to say. */
const MOST_ANSWERS = 16

/** undefined: not a message of ours. Its length comes first: a hundred million empty places are 13 bytes to send. */
export function parseAnswers(message: unknown): readonly Answer[] | undefined {
  if (!Array.isArray(message) || message.length === 0 || message.length > MOST_ANSWERS) return undefined
  for (let at = 0; at < message.length; at += 1)
    if (!Object.hasOwn(message, at) || !isAnswer(message[at])) return undefined
  return message
}

function isAnswer(value: unknown): value is Answer {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  return typeof kind === 'string' && Object.hasOwn(shapes, kind) && shapes[kind as Answer['kind']](value)
}
