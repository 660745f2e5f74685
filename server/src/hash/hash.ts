// The pool of decoder processes: bytes of strangers go in, digests and hashes come out, and a crash stays outside.
import { availableParallelism } from 'node:os'
import { Fault, type Log } from '#base'
import { type Decoder, type Leash, openDecoder } from './decoder.ts'
import type { Extracted } from './print.ts'

export type { Digests, Extracted, Hashed, Picture, Print, Unscannable } from './print.ts'

export interface DecodersSettings extends Leash {
  /** Processes; as many as the machine has cores if left out. */
  readonly count?: number | undefined
  /** How many callers may wait for a free process before the next is turned away; 16 a process if left out. */
  readonly waiting?: number | undefined
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
  print(bytes: Uint8Array): Promise<Extracted>
  /** Lets running images end, turns waiting callers away, ends the processes. */
  close(): Promise<void>
}

interface Caller {
  readonly bytes: Uint8Array
  readonly resolve: (extracted: Extracted) => void
  readonly reject: (fault: Fault) => void
}

/**
 * The price of the pipe, measured 2026-11-22 on 2 shared cores (AMD EPYC, Node 24.21), one image at a time, pool / in this
 * process: JPEG 512x384 8.8 / 7.4 ms; 2 MP 84 / 83; 12 MP 392 / 386; a small picture in a file of 20 MB 80 / 52. So about
 * 1.4 ms an image and 1.4 ms a megabyte. A decoder starts in 0.1 s.
 */
export function openDecoders({
  count = availableParallelism(),
  waiting,
  program,
  log,
  ...leash
}: DecodersSettings): Decoders {
  const mostWaiting = waiting ?? 16 * count
  const decoders = new Set<Decoder>()
  const idle: Decoder[] = []
  const callers: Caller[] = []
  const busy = new Set<Decoder>()
  const running = new Set<Promise<void>>()
  let starting = 0
  let closed = false

  /** Gives callers to idle decoders, and starts decoders for those who remain: a start always answers a need. */
  const serve = () => {
    while (callers.length > 0) {
      const decoder = idle.pop()
      if (!decoder) break
      const caller = decoder.fit() ? callers.shift() : undefined
      if (caller) track(run(decoder, caller))
      else retire(decoder)
    }
    while (!closed && starting < callers.length && decoders.size < count) track(add())
  }

  const add = async () => {
    // First of all: `serve` counts on it, and would begin one after the other for ever.
    starting += 1
    const decoder = openDecoder(leash, program)
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
    idle.push(decoder)
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

  const run = async (decoder: Decoder, { bytes, resolve }: Caller) => {
    busy.add(decoder)
    const extracted = await decoder.print(bytes)
    busy.delete(decoder)
    resolve(extracted)
    if (decoder.fit()) idle.push(decoder)
    else {
      retire(decoder)
      if (extracted.kind === 'unscannable')
        log.warn({ why: extracted.why, sizeBytes: bytes.byteLength }, 'a decoder did not outlive its image')
      // At once, so that the next image does not wait for it.
      if (!closed) track(add())
    }
    serve()
  }

  const retire = (decoder: Decoder) => {
    decoder.kill()
    decoders.delete(decoder)
    const at = idle.indexOf(decoder)
    if (at !== -1) idle.splice(at, 1)
  }

  const track = (work: Promise<void>) => {
    const tracked = work
      .catch((error: unknown) => log.error({ error }, 'the pool of decoders made a mistake: this is a bug'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
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
    print: (bytes) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(closedFault())
        if (callers.length >= mostWaiting) return reject(busyFault())
        callers.push({ bytes, resolve, reject })
        serve()
      }),
    close: async () => {
      closed = true
      for (const caller of callers.splice(0)) caller.reject(closedFault())
      const all = [...decoders]
      for (const decoder of all) if (!busy.has(decoder)) decoder.kill()
      while (running.size > 0) await Promise.allSettled(running)
      for (const decoder of all) decoder.kill()
      await Promise.all(all.map(({ gone }) => gone))
    },
  }
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
