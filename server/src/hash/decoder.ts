// One decoder process: images go in one after the other, and whatever one of them does to the process, all are answered.
import { Fault, systemClock } from '#base'
import type { How, Limits } from '#extract'
import { parseAnswers } from './answers.ts'
import { type Digests, digestsOf } from './digests.ts'
import { MEMORY_EVERY_MS, residentMb } from './memory.ts'
import type { Extracted, Picture, Unscannable } from './print.ts'
import { openWire, type Wire } from './wire.ts'
import type { Answer } from './words.ts'

export interface Leash extends Limits {
  /** For one image, from the moment it is begun. */
  readonly deadlineMs: number
  /** Resident memory of the whole process: 85 MB at rest and 11 MB a megapixel, measured up to 150 megapixels. */
  readonly memoryMb: number
  /** Another scale than ours: tests bring slow ones. */
  readonly weigh?: ((pid: number) => Promise<number>) | undefined
}

export interface Decoder {
  readonly pid: number | undefined
  /** Resolves when it can take an image; rejects with a Fault `decoder_cannot_start` if it never will. */
  readonly ready: Promise<void>
  /** Resolves once the process is no more. Never rejects. */
  readonly gone: Promise<void>
  /** How many images it has, the one it works on included. */
  held(): number
  /**
   * Whatever the image does to the process, this answers. `untouched`: the process ended, or gave the image back, before
   * its turn came. `unbegun`: its turn came, and the process ended without having begun it. Nothing is known of it either
   * way: what killed the process may be what an image before it left behind.
   */
  print(bytes: Uint8Array, how: How): Promise<Extracted | 'untouched' | 'unbegun'>
  /** Whether an image waits here that could be given back. */
  spare(): boolean
  /** Gives back an image that still waits here, as `untouched`. */
  giveBack(): void
  /** False once it is dead, dying or grown so large that the next image would pay for it: memory is not given back soon. */
  fit(): boolean
  kill(): void
}

/** Loading takes 0.1 s on an idle machine. */
const startMs = 30_000

/** From its turn until an image is begun, which takes as long as its bytes take to arrive. */
const beginMs = 10_000

interface Held {
  readonly bytes: Uint8Array
  readonly pictures: Picture[]
  digests: Digests | undefined
  /** Somebody else has it now. */
  isGivenBack: boolean
  hasBegun: boolean
  readonly begun: AbortController
  readonly answered: AbortController
  readonly resolve: (end: Extracted | 'untouched' | 'unbegun') => void
}

/** Without a reason of its own, each abort would make an error and its stack. */
const OVER = 'over'

function over({ begun, answered }: Held): void {
  begun.abort(OVER)
  answered.abort(OVER)
}

/**
 * `freed` is called whenever an image was answered, also one that somebody else has by now. Never throws: where the system
 * refuses a process, the decoder is one that never lived, and `ready` says so.
 */
export function openDecoder(leash: Leash, program?: string, freed: () => void = () => {}): Decoder {
  let hear: (message: unknown) => void = () => {}
  try {
    const wire = openWire(program, (message) => hear(message))
    return watched(wire, leash, freed, (listener) => {
      hear = listener
    })
  } catch (cause) {
    return stillborn(cause)
  }
}

function stillborn(cause: unknown): Decoder {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const words = `the system refuses another process (${code}); are too many files or processes open (ulimit -n, -u)?`
  const ready = Promise.reject(
    new Fault('decoder_cannot_start', `the process that decodes images cannot start: ${words}`, {
      retry: 'later',
      cause,
    }),
  )
  ready.catch(() => {})
  return {
    pid: undefined,
    ready,
    gone: Promise.resolve(),
    held: () => 0,
    spare: () => false,
    print: async () => 'untouched',
    giveBack: () => {},
    fit: () => false,
    kill: () => {},
  }
}

function watched(
  wire: Wire,
  { deadlineMs, memoryMb, weigh = residentMb, ...limits }: Leash,
  freed: () => void,
  listen: (listener: (message: unknown) => void) => void,
): Decoder {
  listen((message) => {
    if (!parseAnswers(message)?.every(hear)) kill()
  })
  const held: Held[] = []
  let dead = false
  let largestMb = 0
  let weighedAt = Number.NEGATIVE_INFINITY
  let begun: (first: Answer) => void = () => {}
  let hasBegun = false
  const kill = () => {
    dead = true
    wire.kill()
  }
  // One place for whom it may concern: a reaction for each image would stay as long as the process lives.
  let crashed: () => void = () => {}
  const gone = wire.gone.then(() => {
    dead = true
    crashed()
  })
  const fit = () => !dead && largestMb < memoryMb / 2

  /** False for what is no answer now: a decoder that speaks out of turn is not ours any more. */
  const hear = (answer: Answer): boolean => {
    if (answer.kind === 'ready' || answer.kind === 'cannot_start') {
      if (hasBegun) return false
      hasBegun = true
      begun(answer)
      return true
    }
    const [image] = held
    if (dead || !image) return dead
    if (answer.kind === 'begun' || answer.kind === 'forgotten' ? image.hasBegun : !image.hasBegun) return false
    switch (answer.kind) {
      case 'begun':
        image.hasBegun = true
        image.begun.abort(OVER)
        return true
      case 'digests':
        image.digests = answer.digests
        return true
      case 'picture':
        image.pictures.push(answer.picture)
        return image.pictures.length <= limits.frames
      case 'forgotten':
        if (!image.isGivenBack) return false
        end(image, 'untouched')
        return true
      case 'whole':
      case 'undecodable': {
        const { digests, pictures } = image
        if (!digests || (answer.kind === 'whole' && pictures.length === 0)) return false
        const print = { digests, pictures }
        end(image, answer.kind === 'whole' ? { kind: 'print', print } : { kind: 'unscannable', why: answer.why, print })
        return true
      }
    }
  }

  const end = (image: Held, extracted: Extracted | 'untouched') => {
    held.shift()
    over(image)
    // Before the next image begins: it must not pay for what this one took.
    if (!fit()) letGo()
    else if (held[0]) void watch(held[0])
    image.resolve(extracted)
    freed()
  }

  /** Ends the process; who was not yet worked on is free to go elsewhere. */
  const letGo = () => {
    kill()
    for (const { resolve } of held.splice(0)) resolve('untouched')
  }

  /** From when it is the image's turn until it is answered: the one that is begun is the one to blame. */
  const watch = async (image: Held) => {
    const { signal } = image.answered
    const why = await Promise.race([
      trouble(image),
      new Promise<'decoder_crashed'>((resolve) => {
        crashed = () => resolve('decoder_crashed')
        if (dead) crashed()
      }),
    ])
    if (signal.aborted) return
    over(image)
    kill()
    await gone
    held.shift()
    letGo()
    image.resolve(image.hasBegun ? lost(why, image) : 'unbegun')
  }

  const trouble = async (image: Held): Promise<Unscannable> => {
    await systemClock.wait(beginMs, image.begun.signal)
    if (!image.hasBegun) return 'too_slow'
    const { signal } = image.answered
    return Promise.race([
      systemClock.wait(deadlineMs, signal).then(() => 'too_slow' as const),
      memoryPast(memoryMb, signal),
    ])
  }

  const memoryPast = async (limitMb: number, signal: AbortSignal): Promise<Unscannable> => {
    while (!signal.aborted && wire.pid !== undefined) {
      // Of small images many pass between two looks. Not the time of day, which may be set back.
      const next = weighedAt + MEMORY_EVERY_MS - performance.now()
      if (next > 0) await systemClock.wait(next, signal)
      if (signal.aborted) break
      weighedAt = performance.now()
      const mb = await weigh(wire.pid)
      largestMb = Math.max(largestMb, mb)
      if (mb > limitMb && !signal.aborted) return 'too_much_memory'
    }
    return new Promise<never>(() => {})
  }

  const ready = (async () => {
    const stop = new AbortController()
    const first = await Promise.race([
      new Promise<Answer>((resolve) => (begun = resolve)),
      systemClock.wait(startMs, stop.signal).then(() => 'overdue' as const),
      gone.then(() => 'gone' as const),
    ]).finally(() => stop.abort())
    if (typeof first === 'object' && first.kind === 'ready') return
    kill()
    throw new Fault('decoder_cannot_start', whyNoStart(first), { retry: 'later' })
  })()
  ready.catch(() => {})

  return {
    pid: wire.pid,
    ready,
    gone,
    held: () => held.length,
    print: (bytes, how) =>
      new Promise((resolve) => {
        if (dead) return resolve('untouched')
        const image: Held = {
          bytes,
          pictures: [],
          digests: undefined,
          isGivenBack: false,
          hasBegun: false,
          begun: new AbortController(),
          answered: new AbortController(),
          resolve,
        }
        held.push(image)
        wire.send({ kind: 'image', sizeBytes: bytes.byteLength, limits, how }, bytes)
        if (held[0] === image) void watch(image)
      }),
    spare: () => held.length > 1 && held.at(-1)?.isGivenBack === false,
    giveBack: () => {
      const last = held.length > 1 ? held[held.length - 1] : undefined
      if (!last || last.isGivenBack) return
      last.isGivenBack = true
      wire.send({ kind: 'forget' })
      // Its place stays until the process answers: should it have begun after all, no other image is blamed for it.
      last.resolve('untouched')
    },
    fit,
    kill,
  }
}

function lost(why: Unscannable, { bytes, digests, pictures }: Held): Extracted {
  return { kind: 'unscannable', why, print: { digests: digests ?? digestsOf(bytes), pictures } }
}

function whyNoStart(first: Answer | 'gone' | 'overdue'): string {
  const words =
    first === 'overdue'
      ? `it was not ready after ${startMs / 1000} s`
      : typeof first === 'object' && first.kind === 'cannot_start'
        ? first.words
        : 'it ended before it was ready'
  return `the process that decodes images cannot start: ${words}; is sharp installed, are the libraries built (npm ci)?`
}
