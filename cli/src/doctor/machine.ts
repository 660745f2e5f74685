// The machine under it all: Node, the data folder and its disk, the clock.
import { mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { type Check, fail, ok, warn } from './check.ts'

const megabyte = 1024 * 1024
/** Drift that makes times in reports and receipts doubtful. */
const mostDriftMs = 5_000

export function checkNode(): Check {
  const { node } = process.versions
  return Number(node.split('.')[0]) >= 24
    ? ok('Node', node)
    : fail('Node', `${node} is too old`, 'Use Node 24 or newer; `npm ci` brings one.')
}

export async function checkDataFolder({ data, limits }: Config): Promise<Check[]> {
  const name = 'data folder'
  const found = await stat(data).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown')
  if (found === 'ENOENT')
    return [
      warn(
        name,
        `${data} does not exist yet`,
        'In a new deployment nothing is wrong: `wardline people add` or `wardline serve` makes it. Else: is `data` right?',
      ),
    ]
  if (typeof found === 'string')
    return [fail(name, `${data} cannot be looked at (${found})`, 'Check its owner and mode.')]
  if (!found.isDirectory()) return [fail(name, `${data} is no folder`, 'Name another place as `data`.')]
  const written = await writes(data)
  const open = (found.mode & 0o077) !== 0
  const folder = !written
    ? fail(name, `${data} cannot be written`, 'Run this as the user that the server runs as, or check owner and mode.')
    : open
      ? fail(name, `${data} is open to other users of this machine`, `Run: chmod 700 ${data}`)
      : ok(name, data)
  const { bavail, bsize } = await statfs(data)
  const freeMb = Math.floor((bavail * bsize) / megabyte)
  const disk =
    freeMb >= limits.freeDiskMb
      ? ok('disk', `${freeMb} MB free`)
      : fail(
          'disk',
          `${freeMb} MB free; the server wants ${limits.freeDiskMb}`,
          'Make room, or lower limits.freeDiskMb.',
        )
  return [folder, disk]
}

/** The machine's clock against another one: the database server's, or the file system's. */
export async function checkClock({ data }: Config, database: Database | undefined): Promise<Check> {
  const now = systemClock.now()
  const todo = 'Keep the clock right with NTP: its times go into reports and receipts.'
  if (new Date(now).getUTCFullYear() < 2026) return fail('clock', `it says ${new Date(now).toISOString()}`, todo)
  const other =
    database?.kind === 'postgres'
      ? { whose: 'the database server', at: await databaseNow(database) }
      : { whose: 'the file system', at: await fileNow(data) }
  const drift = other.at === undefined ? 0 : Math.abs(other.at - now)
  if (drift > mostDriftMs) return fail('clock', `${Math.round(drift / 1000)} s away from ${other.whose}'s`, todo)
  return ok('clock', new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'))
}

async function databaseNow({ read }: Database): Promise<number | undefined> {
  const row = await read.selectNoFrom((eb) => eb.fn<Date>('now').as('now')).executeTakeFirst()
  return row?.now.getTime()
}

async function fileNow(data: string): Promise<number | undefined> {
  let at: number | undefined
  await probing(data, async (file) => {
    at = (await stat(file)).mtimeMs
  })
  return at
}

const writes = (data: string): Promise<boolean> => probing(data, async () => {})

/** Whether a file could be made in the folder; it is gone afterwards. */
async function probing(data: string, look: (file: string) => Promise<void>): Promise<boolean> {
  try {
    const folder = await mkdtemp(join(data, '.doctor-'))
    try {
      await writeFile(join(folder, 'probe'), '')
      await look(join(folder, 'probe'))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return true
  } catch {
    return false
  }
}
