// One decoder process and its leash: an empty environment, no handle but its pipe, no core dump, a deadline, a memory limit.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Fault, systemClock } from '#base'
import { blankedHandles } from './handles.ts'
import { MEMORY_EVERY_MS, residentMb } from './memory.ts'
import { type Digests, digestsOf, type Extracted, type Unscannable } from './print.ts'
import { type Answer, parseAnswer, type Task } from './words.ts'

export interface Leash {
  /** For one image, from the moment it is sent. */
  readonly deadlineMs: number
  /** Resident memory of the whole process: 85 MB at rest and 11 MB a megapixel, measured up to 150 megapixels. */
  readonly memoryMb: number
  readonly maxPixels: number
}

export interface Decoder {
  readonly pid: number | undefined
  /** Resolves when it can take an image; rejects with a Fault `decoder_cannot_start` if it never will. */
  readonly ready: Promise<void>
  /** Resolves once the process is no more. Never rejects. */
  readonly gone: Promise<void>
  /** One image at a time. Whatever the image does to the process, this answers. */
  print(bytes: Uint8Array): Promise<Extracted>
  /** False once it is dead, dying or grown so large that the next image would pay for it: memory is not given back soon. */
  fit(): boolean
  kill(): void
}

/** Loading takes 0.1 s on an idle machine. */
const startMs = 30_000

const ours = fileURLToPath(new URL('./child.ts', import.meta.url))

/** Never throws: where the system refuses a process, the decoder is one that never lived, and `ready` says so. */
export function openDecoder(leash: Leash, program = ours): Decoder {
  let child: ChildProcess
  try {
    child = start(program)
  } catch (cause) {
    return stillborn(cause)
  }
  return watched(child, leash)
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
    print: async (bytes) => ({ kind: 'unscannable', why: 'decoder_crashed', digests: digestsOf(bytes) }),
    fit: () => false,
    kill: () => {},
  }
}

function watched(child: ChildProcess, { deadlineMs, memoryMb, maxPixels }: Leash): Decoder {
  let dead = false
  let largestMb = 0
  let hear: (answer: Answer) => void = () => {}
  const kill = () => {
    dead = true
    child.kill('SIGKILL')
  }
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      dead = true
      resolve()
    }
    child.once('exit', end)
    // Emitted instead of `exit` when the process could not be started, and beside it when a message could not be sent.
    child.on('error', () => (child.pid === undefined ? end() : kill()))
  })
  child.on('message', (message) => {
    const answer = parseAnswer(message)
    if (answer) hear(answer)
    else kill()
  })

  /** Runs `step` until it settles, the process is gone, or `ms` have passed on the real clock (a hang is no story). */
  const leashed = async <T>(ms: number, step: Promise<T>): Promise<T | 'gone' | 'overdue'> => {
    const stop = new AbortController()
    const overdue = systemClock.wait(ms, stop.signal).then(() => 'overdue' as const)
    return Promise.race([step, overdue, gone.then(() => 'gone' as const)]).finally(() => stop.abort())
  }

  const ready = (async () => {
    const first = await leashed(startMs, new Promise<Answer>((resolve) => (hear = resolve)))
    if (typeof first === 'object' && first.kind === 'ready') return
    kill()
    throw new Fault('decoder_cannot_start', whyNoStart(first), { retry: 'later' })
  })()
  ready.catch(() => {})

  const print = async (bytes: Uint8Array): Promise<Extracted> => {
    let digests: Digests | undefined
    const answered = new Promise<Answer>((resolve) => {
      hear = (answer) => {
        if (answer.kind === 'digests') digests = answer.digests
        else resolve(answer)
      }
    })
    const task: Task = { bytes, maxPixels }
    child.send(task, (error) => error && kill())
    const watch = watchMemory(child, memoryMb, (mb) => (largestMb = mb))
    const end = await leashed(deadlineMs, Promise.race([answered, watch.exceeded]))
    watch.stop()
    if (typeof end === 'object') {
      if (digests && end.kind === 'pictures') return { kind: 'print', print: { digests, pictures: end.pictures } }
      if (digests && end.kind === 'undecodable') return { kind: 'unscannable', why: end.why, digests }
    }
    kill()
    await gone
    return { kind: 'unscannable', why: whyDead(end), digests: digests ?? digestsOf(bytes) }
  }

  return { pid: child.pid, ready, gone, print, fit: () => !dead && largestMb < memoryMb / 2, kill }
}

/** `/bin/sh` only to say `ulimit -c 0`, then it becomes Node; stdio is /dev/null, so the pipe is the one way in or out. */
function start(program: string): ChildProcess {
  return fork(program, [], {
    execPath: '/bin/sh',
    execArgv: ['-c', 'ulimit -c 0; unset PWD; exec "$0" "$@"', process.execPath],
    env: {},
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', ...blankedHandles()],
    serialization: 'advanced',
  })
}

function watchMemory(child: ChildProcess, limitMb: number, note: (mb: number) => void) {
  const stop = new AbortController()
  const exceeded = (async () => {
    while (!stop.signal.aborted && child.pid !== undefined) {
      const mb = await residentMb(child.pid)
      note(mb)
      if (mb > limitMb) return 'exceeded' as const
      await systemClock.wait(MEMORY_EVERY_MS, stop.signal)
    }
    return new Promise<never>(() => {})
  })()
  return { exceeded, stop: () => stop.abort() }
}

function whyDead(end: Answer | 'gone' | 'overdue' | 'exceeded'): Unscannable {
  if (end === 'overdue') return 'too_slow'
  return end === 'exceeded' ? 'too_much_memory' : 'decoder_crashed'
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
