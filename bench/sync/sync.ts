// `npm run bench:sync`: the first fetch of a million sandbox entries, service included, on both databases. Prints what it
// took and writes a record. A smaller number of entries may be given, and is no record.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { realClock } from '@wardline/sandbox'
import { startPostgres } from '../../checks/postgres.ts'
import { emptyDatabases } from '../../server/src/db/testing.ts'
import { ncmecOrigin, openSyncWorld } from '../../server/src/lists/sync/testing.ts'
import { machine } from '../machine.ts'

const entries = Number(process.argv[2] ?? 1_000_000)
const goals = { least: 5_000, stretch: 15_000 }
const cluster = await startPostgres()
process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
process.on('exit', () => cluster.stop())

const rows: unknown[] = []
for (const [database, empty] of emptyDatabases) {
  const server = spawn(process.execPath, [fileURLToPath(new URL('./server.ts', import.meta.url)), String(entries)], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  })
  if (server.stdout === null) throw new Error('the service has no output')
  const [said] = await once(createInterface(server.stdout), 'line')
  const world = await openSyncWorld(await empty(), ncmecOrigin(JSON.parse(said)), realClock)
  const liveMb = () => {
    globalThis.gc?.()
    return Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
  }
  const liveAtFirst = liveMb()
  const rssMb = () => Math.round(process.memoryUsage().rss / 1024 / 1024)
  const atFirst = rssMb()
  const memory: number[] = []
  const sampling = setInterval(() => memory.push(rssMb()), 500)
  const cpu = process.cpuUsage()
  let told = performance.now()
  const outcome = await world.sync({
    onProgress: ({ met }) => {
      if (performance.now() - told < 10_000) return
      told = performance.now()
      console.log(`  ${database}: ${met} entries, ${rssMb()} MB`)
    },
  })
  clearInterval(sampling)
  const { user, system } = process.cpuUsage(cpu)
  const liveAtLast = liveMb()
  server.send('count')
  const [service] = await once(server, 'message')
  const held = (await world.state()).size
  await world[Symbol.asyncDispose]()
  server.kill()
  const seconds = outcome.tookMs / 1000
  const perSecond = Math.round(entries / seconds)
  const half = Math.floor(memory.length / 2)
  const row = {
    database,
    entries,
    seconds: Math.round(seconds * 10) / 10,
    perSecond,
    isMet: perSecond >= goals.least,
    isStretch: perSecond >= goals.stretch,
    // Where others are at work on the machine, these say more than the seconds do.
    loadAverage: loadavg()[0],
    serviceCpuSeconds: Math.round(service.cpuSeconds * 10) / 10,
    ourCpuSeconds: Math.round((user + system) / 100_000) / 10,
    rssMb: {
      atFirst,
      mostOfFirstHalf: Math.max(...memory.slice(0, half)),
      mostOfSecondHalf: Math.max(...memory.slice(half)),
    },
    // What is held; the rest of the growth is what V8 takes for objects that die young, which ends after some 250,000 entries.
    liveHeapMb: { atFirst: liveAtFirst, atLast: liveAtLast },
    met: outcome.met,
    pages: outcome.pages,
    puts: outcome.puts,
    held,
    live: service.images,
    rejected: outcome.rejected,
    videos: outcome.videos,
  }
  rows.push(row)
  console.log(JSON.stringify(row))
}

if (entries >= 1_000_000) {
  const note =
    'PostgreSQL without fsync, as the tests start it; SQLite with synchronous FULL; the service on the same machine'
  const record = { ...machine(), bench: 'sync', goals, note, rows }
  const file = fileURLToPath(new URL(`../records/${record.date.slice(0, 10)}-sync.json`, import.meta.url))
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`)
}
process.exit()
