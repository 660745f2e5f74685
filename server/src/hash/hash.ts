// The pool of decoder processes: bytes of strangers go in, digests and hashes come out, and a crash stays outside.
import { availableParallelism } from 'node:os'
import { Fault, type Log } from '#base'
import type { How } from '#extract'
import { type Decoder, type Leash, openDecoder } from './decoder.ts'
import { digestsOf } from './digests.ts'
import type { Extracted } from './print.ts'

export type { Digests } from './digests.ts'
export type { Extracted, Hashed, Picture, Print, Unscannable } from './print.ts'

export interface DecodersSettings extends Leash {
  /** Processes; as many as the machine has cores if left out. */
  readonly count?: number | undefined
  /** How many callers may wait before the next is turned away; 16 a process if left out. */
  readonly waiting?: number | undefined
  /** How many bytes those who wait may hold together; one alone may always wait. 512 MB if left out. */
  readonly waitingBytes?: number | undefined
  /** Another decoder program than ours: tests bring broken ones. */
  readonly program?: string | undefined
  readonly log: Log
}

export interface Decoders {
  /** Resolves when all decoders have started or failed and one can work; else rejects with the Fault `decoder_cannot_start` or `decoders_closed`. */
  ready(): Promise<void>
  /**
   * Always answers for the image, whatever it does to its decoder. Throws a Fault only about ourselves: `decoders_busy`
   * (too many callers wait; later), `decoder_cannot_start` (later), `decoders_closed` (never).
   */
  print(bytes: Uint8Array, how?: How): Promise<Extracted>
  /** Lets running images end, turns waiting callers away, ends the processes. */
  close(): Promise<void>
}

interface Caller {
  readonly bytes: Uint8Array
  readonly how: How
  /** How many decoders ended before they began it, when its turn had come. */
  unbegun: number
  readonly resolve: (extracted: Extracted) => void
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
      const decoder = freest(next.bytes.byteLength)
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
    const extracted = await decoder.print(caller.bytes, caller.how)
    if (!decoder.fit()) {
      retire(decoder)
      if (typeof extracted === 'object' && extracted.kind === 'unscannable')
        log.warn({ why: extracted.why, sizeBytes: caller.bytes.byteLength }, 'a decoder did not outlive its image')
      else if (extracted === 'unbegun') log.warn({}, 'a decoder ended between two images')
      // At once, so that the next image does not wait for it.
      if (!closed && decoders.size < count) track(add())
    }
    if (extracted === 'unbegun') caller.unbegun += 1
    if (typeof extracted === 'object') caller.resolve(extracted)
    else if (caller.unbegun >= MOST_UNBEGUN) {
      log.warn(
        { why: 'decoder_crashed', sizeBytes: caller.bytes.byteLength },
        'an image was given up: no decoder began it',
      )
      caller.resolve(crashed(caller.bytes))
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

  const isCrowded = (sizeBytes: number) => {
    const waitingNow = callers.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    return callers.length >= waiting || (callers.length > 0 && waitingNow + sizeBytes > waitingBytes)
  }

  for (let each = 0; each < count; each += 1) track(add())

  return {
    ready: async () => {
      if (closed) throw closedFault()
      if (decoders.size === 0) track(add())
      const tries = await Promise.allSettled([...decoders].map(({ ready }) => ready))
      const failures = tries.filter((each) => each.status === 'rejected')
      if (failures.length === tries.length) throw failures[0]?.reason ?? noneFault()
    },
    print: (bytes, how = { fast: false }) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(closedFault())
        if (isCrowded(bytes.byteLength)) return reject(busyFault())
        callers.push({ bytes, how, unbegun: 0, resolve, reject })
        serve()
      }),
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

function crashed(bytes: Uint8Array): Extracted {
  return { kind: 'unscannable', why: 'decoder_crashed', print: { digests: digestsOf(bytes), pictures: [] } }
}

function noneFault(): Fault {
  return new Fault('decoder_cannot_start', 'there is no process that decodes images, and none is starting', {
    retry: 'later',
  })
}

function busyFault(): Fault {
  return new Fault('decoders_busy', 'all decoders are busy and too many images are waiting for one', { retry: 'later' })
}

function closedFault(): Fault {
  return new Fault('decoders_closed', 'the decoders are closed: the program is ending', { retry: 'never' })
}
