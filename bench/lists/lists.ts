// How long ten million sealed entries take: to write, to load into the matcher, to change while it answers. Prints a table and
// writes a dated record. `npm run bench:lists [-- sqlite:1000000 postgres:1000000 ...]`
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { startPostgres } from '../../checks/postgres.ts'
import { systemClock } from '../../server/src/base/base.ts'
import { type DatabaseSettings, migrate, openDatabase } from '../../server/src/db/db.ts'
import { emptyDatabase } from '../../server/src/db/testing.ts'
import { openMatching } from '../../server/src/flow/matching.ts'
import {
  applyChanges,
  CHANGES_A_BLOCK,
  type Change,
  DEFAULT_POLICY,
  openList,
  type Put,
  sealChanges,
} from '../../server/src/lists/lists.ts'
import { openVault } from '../../server/src/vault/vault.ts'
import { machine } from '../machine.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
/** What an entry of a hotline's list looks like: a PDQ value, and every second one an MD5 as well. */
const entryOf = (number: number): Put => {
  const bytes = createHash('sha512').update(`${number}`).digest()
  const pdq = { algorithm: 'pdq' as const, value: bytes.toString('hex', 0, 32) }
  const md5 = { algorithm: 'md5' as const, value: bytes.toString('hex', 32, 48) }
  const values = number % 2 === 0 ? [pdq] : [pdq, md5]
  return { kind: 'put' as const, source: '1234', entryId: `entry-${number}`, class: 'test', members: ['1234'], values }
}

export async function measure(entries: number, settings: DatabaseSettings, folder: string) {
  await using database = openDatabase(settings)
  await migrate(database)
  const ground = { database, clock: systemClock, log: quiet }
  const keyFile = join(folder, 'keys', 'vault.key')
  const vault = await openVault({ ...ground, folder: join(folder, 'vault'), keyFile, createKey: true })
  const list = { id: 'generated', class: 'test', environment: 'sandbox', policy: DEFAULT_POLICY } as const
  await database.transact((tx) => openList(tx, systemClock, list))
  const change = async (changes: readonly Change[]) => {
    const sealed = sealChanges(vault, systemClock, list.id, changes)
    return database.transact((tx) => applyChanges(tx, systemClock, sealed))
  }

  // Making the entries themselves is not what is measured.
  let writeMs = 0
  for (let from = 0; from < entries; from += CHANGES_A_BLOCK) {
    const length = Math.min(CHANGES_A_BLOCK, entries - from)
    const changes = Array.from({ length }, (_, at) => entryOf(from + at))
    const started = performance.now()
    await change(changes)
    writeMs += performance.now() - started
  }
  const databaseBytes =
    settings.kind === 'sqlite'
      ? ['', '-wal'].reduce((sum, end) => sum + statSync(`${settings.file}${end}`).size, 0)
      : null

  global.gc?.()
  const before = process.memoryUsage()
  const cpu = process.cpuUsage()
  const own = process.threadCpuUsage()
  const [busy] = loadavg()
  const matching = openMatching({ ...ground, vault, environment: 'sandbox' })
  const turns = watchTurns()
  const started = performance.now()
  await matching.refresh()
  const loadMs = performance.now() - started
  const loadTurnMs = turns.end()
  const { user, system } = process.cpuUsage(cpu)
  const thread = process.threadCpuUsage(own)
  global.gc?.()
  const after = process.memoryUsage()

  const found = (number: number) => ({
    digests: { md5: '0'.repeat(32), sha1: '0'.repeat(40), sha256: '0'.repeat(64) },
    pictures: [picture(createHash('sha512').update(`${number}`).digest().subarray(0, 32))],
  })
  const matcher = matching.current()
  let hits = 0
  const asked = 2_000
  const asking = performance.now()
  for (let at = 0; at < asked; at += 1) hits += matcher.match(found((at * 104_729) % entries)).length
  const matchMs = (performance.now() - asking) / asked

  // A page of changes while questions are asked without a pause.
  const liveMs: number[] = []
  const pauses = watchTurns()
  for (let round = 0; round < 5; round += 1) {
    const first = entries + round * CHANGES_A_BLOCK
    const changes = Array.from({ length: CHANGES_A_BLOCK }, (_, at) =>
      at % 2 === 0 ? entryOf(first + at) : { ...entryOf(at), values: entryOf(first + at).values },
    )
    await change(changes)
    const committed = performance.now()
    await matching.refresh()
    if (matching.current().match(found(first)).length === 0) throw new Error('a change is not live')
    liveMs.push(performance.now() - committed)
    await turn()
  }
  const liveTurnMs = pauses.end()
  const bytes = matching.current().bytes
  await matching.stop()
  return {
    entries,
    database: settings.kind,
    writeSeconds: seconds(writeMs),
    entriesWrittenPerSecond: Math.round((entries / writeMs) * 1000),
    databaseBytesPerEntry: databaseBytes === null ? null : Math.round(databaseBytes / entries),
    loadSeconds: seconds(loadMs),
    loadCpuSeconds: seconds((user + system) / 1000),
    loadOwnThreadCpuSeconds: seconds((thread.user + thread.system) / 1000),
    /** Of the machine's two cores, by all who used them at the time. */
    loadAverage: Math.round((busy ?? 0) * 10) / 10,
    longestTurnWhileLoadingMs: Math.round(loadTurnMs),
    bytesPerEntry: Math.round(bytes / entries),
    processBytesPerEntry: Math.round((after.rss - before.rss) / entries),
    matchMs: Math.round(matchMs * 1000) / 1000,
    hits: hits / asked,
    changeLiveMs: liveMs.map((ms) => Math.round(ms)),
    longestTurnWhileChangingMs: Math.round(liveTurnMs),
  }
}

/** The longest time for which nothing else had its turn. */
function watchTurns(): { end(): number } {
  let longest = 0
  let over = false
  let last = performance.now()
  const look = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!over) setImmediate(look)
  }
  setImmediate(look)
  return {
    end: () => {
      over = true
      return Math.max(longest, performance.now() - last)
    },
  }
}

const picture = (hash: Uint8Array) => ({
  index: 0,
  commandLine: { hash, quality: 100 },
  fullResolution: { hash, quality: 100 },
})
const seconds = (ms: number) => Math.round(ms / 100) / 10

if (import.meta.main) {
  const wanted =
    process.argv.length > 2 ? process.argv.slice(2) : ['sqlite:1000000', 'postgres:1000000', 'sqlite:10000000']
  const cluster = wanted.some((one) => one.startsWith('postgres')) ? await startPostgres() : undefined
  if (cluster !== undefined) process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
  const results: Awaited<ReturnType<typeof measure>>[] = []
  for (const one of wanted) {
    const [kind, entries] = one.split(':')
    const folder = mkdtempSync(join(tmpdir(), 'wardline-bench-lists-'))
    const sqlite = { kind: 'sqlite', file: join(folder, 'wardline.db') } as const
    try {
      const result = await measure(Number(entries), kind === 'postgres' ? await emptyDatabase(kind) : sqlite, folder)
      console.table(result)
      results.push(result)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  cluster?.stop()
  const records = join(import.meta.dirname, '..', 'records')
  mkdirSync(records, { recursive: true })
  const record = { ...machine(), results }
  const file = join(records, `${record.date.slice(0, 10)}-lists.json`)
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`)
  console.log(`written to ${file}`)
}
