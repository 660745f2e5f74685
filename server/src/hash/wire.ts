// A decoder's process and the two ways into it: one variable for an environment, no other handle, no core dump.
import { type ChildProcess, fork } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { systemClock } from '#base'
import { blankedHandles } from './handles.ts'
import { headOf } from './inlet.ts'
import type { Task } from './words.ts'

export interface Wire {
  readonly pid: number | undefined
  /** Resolves once the process is no more and all it said was heard. Never rejects. */
  readonly gone: Promise<void>
  /** What cannot be sent ends the process. */
  send(task: Task, bytes?: Uint8Array): void
  kill(): void
}

const ours = fileURLToPath(new URL('./child.ts', import.meta.url))

/**
 * Tasks and the bytes of images go through a pipe, answers come back through Node's message channel. How bytes travel, measured 2026-11-22 on 2 shared
 * cores (AMD EPYC, Node 24.21), there and back, and of that the time of this process, which must serve others:
 *
 *     bytes     channel ('advanced')    pipe           file in /dev/shm
 *      20 KB     0.08 ms, ours 0.03     0.15,  0.04     0.18,  0.07
 *     300 KB     0.59 ms, ours 0.23     0.38,  0.10     0.33,  0.09
 *     1.5 MB     1.4  ms, ours 0.84     1.3 ,  0.24     1.1 ,  0.22
 *       6 MB     7.2  ms, ours 3.9      5.9 ,  1.1      4.6 ,  1.1
 *      50 MB      63  ms, ours  39       43 ,  8.1       35 ,  7.4
 *
 * The pipe costs us a quarter of the channel, since nothing is copied into a message. A shared file is a little faster
 * still, but would lay strangers' images unencrypted in a place with a name, and containers give it 64 MB.
 */
export function openWire(program = ours, hear: (message: unknown) => void): Wire {
  const child = start(program)
  const kill = () => void child.kill('SIGKILL')
  const gone = new Promise<void>((resolve) => {
    // Emitted instead of `exit` when the process could not be started, and beside it when a message could not be sent.
    // Heard first of all: where the system has no handle left, Node gives up before it has made anything else.
    child.on('error', () => (child.pid === undefined ? resolve() : kill()))
    // It may have answered and died at once: the answer is then still in the channel, which closes behind it. But who holds
    // the process may hold its channel open, so this is not waited for long.
    child.once('exit', () => {
      pipeOf(child)?.destroy()
      if (!child.connected) return resolve()
      child.once('disconnect', resolve)
      void systemClock.wait(1_000).then(resolve)
    })
  })
  const pipe = pipeOf(child)
  pipe?.on('error', kill)
  child.on('message', hear)
  return {
    pid: child.pid,
    gone,
    kill,
    send: (task, bytes) => {
      if (!pipe) return kill()
      // Both in one call to the system, which wakes the process once.
      pipe.cork()
      pipe.write(headOf(task))
      if (bytes) pipe.write(bytes)
      pipe.uncork()
    },
  }
}

/**
 * How glibc takes memory from the system (where it is glibc): one heap, and of what was used up to 64 MB stays, so that much more
 * than at rest is what an idle decoder may hold. A page that is touched for the first time costs 1.3 us on a virtual machine,
 * and decoded pixels are freed after each image: left alone, a JPEG of 2 megapixels touched 500 to 800 new pages, a tenth of
 * its time. With 256 MB instead of 64 none of JPEG, PNG and WebP of 2, 12 and 35 megapixels touched fewer (2026-11-22); idle
 * decoders held 100 to 140 MB in any case. Huge pages only on x64, where one is 2 MB: elsewhere it may be 512.
 */
const MEMORY = {
  GLIBC_TUNABLES: [
    ...(process.arch === 'x64' ? ['glibc.malloc.hugetlb=1'] : []),
    'glibc.malloc.arena_max=1',
    'glibc.malloc.trim_threshold=67108864',
    'glibc.malloc.mmap_threshold=33554432',
  ].join(':'),
}

/** `/bin/sh` only to say `ulimit -c 0`, then it becomes Node; stdio is /dev/null, so the pipes are the only ways in or out. */
function start(program: string): ChildProcess {
  return fork(program, [], {
    execPath: '/bin/sh',
    execArgv: ['-c', 'ulimit -c 0; unset PWD; exec "$0" "$@"', process.execPath],
    env: MEMORY,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe', ...blankedHandles()],
    serialization: 'advanced',
  })
}

function pipeOf(child: ChildProcess): Writable | undefined {
  // Without handles there is no stdio at all, whatever the types say.
  const pipe = (child.stdio as ChildProcess['stdio'] | undefined)?.[4]
  return pipe && 'write' in pipe ? pipe : undefined
}
