// One decoder process: images go in one after the other, and whatever one of them does to the process, all are answered.
import type { How, Limits } from '#extract'
import { parseAnswers } from './answers.ts'
import { type End, ended, type Held, heard, hold, type Source } from './held.ts'
import type { Unscannable } from './print.ts'
import { refused, started } from './start.ts'
import { openWatch, type Watched } from './watch.ts'
import { openWire, type Wire } from './wire.ts'
import type { Answer } from './words.ts'

export interface Leash extends Limits, Watched {}

export interface Decoder {
  readonly pid: number | undefined
  /** Resolves when it can take an image; rejects with a Fault `decoder_cannot_start` if it never will. */
  readonly ready: Promise<void>
  /** Resolves once the process is no more. Never rejects. */
  readonly gone: Promise<void>
  /** How many images it has, the one it works on included. */
  held(): number
  /** Whatever the image does to the process, this answers. */
  print(image: Source, how: How): Promise<End>
  /** Whether an image waits here that could be given back. */
  spare(): boolean
  /** Gives back an image that still waits here, as `untouched`. */
  giveBack(): void
  /** False once it is dead, dying or grown so large that the next image would pay for it: memory is not given back soon. */
  fit(): boolean
  kill(): void
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
  const ready = Promise.reject(refused(cause))
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
  { deadlineMs, memoryMb, weigh, ...limits }: Leash,
  freed: () => void,
  listen: (listener: (message: unknown) => void) => void,
): Decoder {
  const held: Held[] = []
  let dead = false
  let isEnding = false
  let hasSpoken = false
  let said: (first: Answer) => void = () => {}
  const first = new Promise<Answer>((resolve) => (said = resolve))

  const kill = () => {
    dead = true
    watch.stop()
    wire.kill()
  }
  const fit = () => !dead && watch.largestMb() < memoryMb / 2

  /** The image whose turn it is costs the process its life, and is the one to blame if it was begun. */
  const blame = async (why: Unscannable) => {
    const [image] = held
    if (!image || isEnding) return
    isEnding = true
    kill()
    await wire.gone
    held.shift()
    letGo()
    image.resolve(ended(why, image))
  }
  const watch = openWatch({ deadlineMs, memoryMb, weigh }, wire.pid, () => held[0], blame)
  const gone = wire.gone.then(() => {
    dead = true
    watch.stop()
    void blame('decoder_crashed')
  })

  /** Ends the process; who was not yet worked on is free to go elsewhere. */
  const letGo = () => {
    kill()
    for (const { resolve } of held.splice(0)) resolve('untouched')
  }

  const turn = (image: Held) => {
    image.since = performance.now()
    watch.see()
  }

  const end = (image: Held, how: End) => {
    held.shift()
    // Before the next image begins: it must not pay for what this one took.
    if (!fit()) letGo()
    else if (held[0]) turn(held[0])
    image.resolve(how)
    freed()
  }

  /** False for what is no answer now: a decoder that speaks out of turn is not ours any more. */
  const hear = (answer: Answer): boolean => {
    if (answer.kind === 'ready' || answer.kind === 'cannot_start') {
      if (hasSpoken) return false
      hasSpoken = true
      said(answer)
      return true
    }
    const [image] = held
    if (dead || !image) return dead
    const meaning = heard(image, answer, limits.frames)
    if (meaning === 'begun') turn(image)
    else if (meaning !== 'part' && meaning !== 'wrong') end(image, meaning)
    return meaning !== 'wrong'
  }
  listen((message) => {
    if (!parseAnswers(message)?.every(hear)) kill()
  })

  const ready = started(first, gone).catch((fault: unknown) => {
    kill()
    throw fault
  })
  ready.catch(() => {})

  return {
    pid: wire.pid,
    ready,
    gone,
    held: () => held.length,
    print: (image, how) =>
      new Promise((resolve) => {
        if (dead) return resolve('untouched')
        const mine = hold(image, resolve)
        held.push(mine)
        if (image instanceof Uint8Array) wire.send({ kind: 'image', sizeBytes: image.byteLength, limits, how }, image)
        else wire.send({ kind: 'file', file: image, limits, how })
        if (held[0] === mine) turn(mine)
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
