// `wardline scan` and `wardline hash` as a person starts them, with what they take from the machine.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const wardline = fileURLToPath(new URL('../../cli/bin/wardline.mjs', import.meta.url))

export interface Scanned {
  readonly seconds: number
  /** Resident, of the command and of the largest of its decoders: in each tenth of the run the most that was seen. */
  readonly ownMb: readonly number[]
  readonly decoderMb: readonly number[]
}

export async function scanFolder(folder: string, list: string): Promise<Scanned> {
  const started = performance.now()
  const child = spawn(process.execPath, [wardline, 'scan', folder, '--list', list, '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const samples: { own: number; decoder: number }[] = []
  let isRunning = true
  const ended = once(child, 'exit').then(([code]) => {
    isRunning = false
    if (code !== 0) throw new Error(`the scan ended with ${code}`)
  })
  while (isRunning) {
    const { pid } = child
    if (pid !== undefined) samples.push({ own: residentMb(pid), decoder: Math.max(0, ...below(pid).map(residentMb)) })
    await wait(100)
  }
  await ended
  const seconds = (performance.now() - started) / 1000
  const tenths = (of: (sample: { own: number; decoder: number }) => number) =>
    Array.from({ length: 10 }, (_, tenth) => {
      const part = samples.slice((tenth * samples.length) / 10, ((tenth + 1) * samples.length) / 10)
      return Math.round(Math.max(0, ...part.map(of)))
    })
  return { seconds, ownMb: tenths(({ own }) => own), decoderMb: tenths(({ decoder }) => decoder) }
}

/** Processor seconds of all processes that ended below this one. */
export function processorSeconds(): number {
  const fields = /\) (.*)/.exec(readFileSync('/proc/self/stat', 'utf8'))?.[1]?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) / 100
}

export async function hashFile(file: string): Promise<void> {
  run([wardline, 'hash', '--json', file])
}

/** The least that a program with sharp can take. */
export async function loadSharp(): Promise<void> {
  run(['--input-type=module', '-e', `await import('sharp')`])
}

/**
 * Files a second of one core, and the processor's milliseconds a file: the same work in one process, held on one core where
 * the system can.
 */
export function singleCoreRate(folder: string, every: number): { readonly rate: number; readonly processorMs: number } {
  const script = fileURLToPath(new URL('./in-process.ts', import.meta.url))
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : []
  const [program = '', ...args] = [...pinned, process.execPath, script, folder, String(every)]
  const { stdout, status } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) throw new Error('the single-core run failed')
  const { files, ms, processorMs } = JSON.parse(stdout)
  return { rate: (files * 1000) / ms, processorMs: processorMs / files }
}

function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('../../server', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}`)
}

function residentMb(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function below(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
