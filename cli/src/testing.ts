// For tests: the real launcher as a child process, in a folder of its own with a wardline.yaml.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DatabaseSettings } from '@wardline/server/db'

const launcher = fileURLToPath(new URL('../bin/wardline.mjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves once the output (of either kind) holds this; rejects when the command ends first. */
  says(words: string): Promise<void>
  /** All output so far. */
  said(): string
  readonly ended: Promise<Ended>
}

export interface Place extends AsyncDisposable {
  readonly folder: string
  /** Writes wardline.yaml anew: JSON is YAML. Sandbox, any free port, data and key in the folder, unless said otherwise. */
  configure(config: Record<string, unknown>): Promise<void>
  write(name: string, text: string | Uint8Array): Promise<string>
  /** asPinned: as the launcher of an older Node starts it, with a channel that closes when the launcher is gone. */
  start(args: readonly string[], env?: Record<string, string>, how?: { readonly asPinned?: boolean }): Running
  /** Runs it to its end. */
  run(...args: readonly string[]): Promise<Ended>
}

/** settings: of an empty database; without it SQLite in the folder. */
export async function openPlace(config: Record<string, unknown> = {}, settings?: DatabaseSettings): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'wardline-cli-'))
  const running = new Set<ChildProcess>()
  const write: Place['write'] = async (name, text) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const configure: Place['configure'] = async (other) => {
    const database = settings?.kind === 'postgres' ? { database: { url: settings.url } } : {}
    const usual = { environment: 'sandbox', data: './data', vault: { keyFile: './vault.key' }, ...database, ...free }
    await write('wardline.yaml', JSON.stringify({ ...usual, ...other }))
  }
  const start: Place['start'] = (args, env = {}, { asPinned = false } = {}) => {
    // VITEST stays in: it keeps the CyberTipline client from every real host.
    const { PATH = '', VITEST = 'true' } = process.env
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: folder,
      env: { PATH, VITEST, HOME: folder, TMPDIR: tmpdir(), ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(asPinned ? (['ipc'] as const) : [])],
      ...(asPinned && { argv0: 'wardline' }),
    })
    running.add(child)
    return watch(child)
  }
  await configure(config)
  return {
    folder,
    configure,
    write,
    start,
    run: (...args) => start(args).ended,
    [Symbol.asyncDispose]: async () => {
      for (const child of running) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        // Only once it is gone is nobody writing into the folder any more.
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const free = { server: { port: 0 }, metrics: { port: 0 }, limits: { decoders: 1, freeDiskMb: 0 } }

function watch(child: ChildProcess): Running {
  let [out, err] = ['', '']
  const listeners = new Set<() => void>()
  const heard = () => {
    for (const listener of listeners) listener()
  }
  child.stdout?.on('data', (bytes) => {
    out += bytes
    heard()
  })
  child.stderr?.on('data', (bytes) => {
    err += bytes
    heard()
  })
  const ended = once(child, 'close').then(([code]): Ended => ({ code, out, err }))
  const says = (words: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!out.includes(words) && !err.includes(words)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
      ended.then(() => reject(new Error(`it ended without saying "${words}":\n${out}\n${err}`)))
    })
  return { child, says, said: () => out + err, ended }
}
