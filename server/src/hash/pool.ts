// The pool: who gets which decoder, how many images are on their way, and what happens when a decoder dies.
import { availableParallelism } from 'node:os'
import { Fault } from '#base'
import type { How } from '#extract'
import { type Decoder, openDecoder } from './decoder.ts'
import type { Decoders, DecodersSettings } from './decoders.ts'
import { busyFault, closedFault, noneFault } from './faults.ts'
import { type End, lost, type Source } from './held.ts'

interface Caller {
  readonly image: Source
  readonly sizeBytes: number
  readonly how: How
  /** How many decoders ended before they began it, when its turn had come. */
  unbegun: number
  readonly resolve: (extracted: Exclude<End, string>) => void
  readonly reject: (fault: Fault) => void
}

const MEGABYTE = 2 ** 20

/** So many decoders that end before they begin an image are no accident that befell it. */
const MOST_UNBEGUN = 3

/** Beside the image it works on, a decoder holds the next one: a larger one would count against the memory of the first. */
const AHEAD_BYTES = 16 * MEGABYTE

export function openDecoders({
  count = availableParallelism(),
  waiting = 16 * count,
  waitingBytes = 512 * MEGABYTE,
  program,
  log,
  ...leash
}: DecodersSettings): Decoders {
  const decoders = new Set<Decoder>()
  const started = new Set<Decoder>()
  const callers: Caller[] = []
  const running = new Set<Promise<void>>()
  let starting = 0
  let closed = false

  /** Gives callers to decoders, and starts decoders for those who remain: a start always answers a need. */
  const serve = () => {
    // What it took was seen only after its image had ended.
    for (const decoder of started) if (!decoder.fit() && decoder.held() === 0) retire(decoder)
    for (let next = callers[0]; next; next = callers[0]) {
      const decoder = freest(next.sizeBytes)
      if (!decoder) break
      callers.shift()
      track(run(decoder, next))
    }
    while (!closed && starting < callers.length && decoders.size < count) track(add())
    // Nobody waits behind a slow image while a decoder has nothing to do.
    const crowded = [...started].find((decoder) => decoder.spare())
    if (crowded && callers.length === 0 && freest(Number.POSITIVE_INFINITY)) crowded.giveBack()
  }

  /** One that has nothing to do; else one that may hold another image ahead. */
  const freest = (sizeBytes: number): Decoder | undefined => {
    const able = [...started].filter((decoder) => decoder.fit())
    const idle = able.find((decoder) => decoder.held() === 0)
    if (idle || sizeBytes > AHEAD_BYTES || decoders.size < count) return idle
    return able.find((decoder) => decoder.held() === 1)
  }

  const add = async () => {
    // First of all: `serve` counts on it, and would begin one after the other for ever.
    starting += 1
    const decoder = openDecoder(leash, program, serve)
    decoders.add(decoder)
    // One that dies while idle is forgotten; the next caller in need starts another.
    void decoder.gone.then(() => retire(decoder))
    try {
      await decoder.ready
    } catch (fault) {
      starting -= 1
      retire(decoder)
      return failed(fault)
    }
    starting -= 1
    started.add(decoder)
    serve()
  }

  /**
   * Nothing is started again here, or a broken installation would be started for ever. Who waits is served by the other
   * decoders; if there are none they hear why, and the next caller is a new attempt.
   */
  const failed = (fault: unknown) => {
    if (closed || !(fault instanceof Fault)) return
    log.error({ code: fault.code }, fault.message)
    if (decoders.size > 0) return
    for (const caller of callers.splice(0)) caller.reject(fault)
  }

  const run = async (decoder: Decoder, caller: Caller) => {
    const extracted = await decoder.print(caller.image, caller.how)
    if (!decoder.fit()) {
      retire(decoder)
      if (typeof extracted === 'object' && extracted.kind === 'unscannable')
        log.warn({ why: extracted.why, sizeBytes: caller.sizeBytes }, 'a decoder did not outlive its image')
      else if (extracted === 'unbegun') log.warn({}, 'a decoder ended between two images')
      // At once, so that the next image does not wait for it.
      if (!closed && decoders.size < count) track(add())
    }
    if (extracted === 'unbegun') caller.unbegun += 1
    if (typeof extracted === 'object') caller.resolve(extracted)
    else if (caller.unbegun >= MOST_UNBEGUN) {
      log.warn({ why: 'decoder_crashed', sizeBytes: caller.sizeBytes }, 'an image was given up: no decoder began it')
      caller.resolve(crashed(caller.image))
    } else if (closed) caller.reject(closedFault())
    else callers.unshift(caller)
    serve()
  }

  const retire = (decoder: Decoder) => {
    decoder.kill()
    decoders.delete(decoder)
    started.delete(decoder)
  }

  const track = (work: Promise<void>) => {
    const tracked = work
      .catch((error: unknown) => log.error({ error }, 'the pool of decoders made a mistake: this is a bug'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }

  const isCrowded = (image: Source) => {
    const waitingNow = callers.reduce((sum, caller) => sum + memoryOf(caller.image), 0)
    return callers.length >= waiting || (callers.length > 0 && waitingNow + memoryOf(image) > waitingBytes)
  }

  const queue = (image: Source, sizeBytes: number, how: How = { fast: false }) =>
    new Promise<Exclude<End, string>>((resolve, reject) => {
      if (closed) return reject(closedFault())
      if (isCrowded(image)) return reject(busyFault())
      callers.push({ image, sizeBytes, how, unbegun: 0, resolve, reject })
      serve()
    })

  for (let each = 0; each < count; each += 1) track(add())

  return {
    ready: async () => {
      if (closed) throw closedFault()
      if (decoders.size === 0) track(add())
      const tries = await Promise.allSettled([...decoders].map(({ ready }) => ready))
      const failures = tries.filter((each) => each.status === 'rejected')
      if (failures.length === tries.length) throw failures[0]?.reason ?? noneFault()
    },
    print: async (bytes, how) => {
      const extracted = await queue(bytes, bytes.byteLength, how)
      if (extracted.kind === 'unopened') throw new Error('a decoder was asked to open what is no file: this is a bug')
      return extracted
    },
    printFile: ({ path, mostBytes, sizeBytes }, how) => queue({ path, mostBytes }, sizeBytes, how),
    close: async () => {
      closed = true
      for (const caller of callers.splice(0)) caller.reject(closedFault())
      const all = [...decoders]
      for (const decoder of all) {
        if (decoder.held() === 0) decoder.kill()
        decoder.giveBack()
      }
      while (running.size > 0) await Promise.allSettled(running)
      for (const decoder of all) decoder.kill()
      await Promise.all(all.map(({ gone }) => gone))
    },
  }
}

function crashed(image: Source): Exclude<End, string> {
  return lost('decoder_crashed', { image, digests: undefined, pictures: [] })
}

/** What one who waits holds: a file is only its name. */
function memoryOf(image: Source): number {
  return image instanceof Uint8Array ? image.byteLength : 0
}
