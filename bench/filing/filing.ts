// `npm run bench:filing`: 500 reports wait, the CyberTipline is healthy: how fast are they filed? On both databases, the whole server at
// work, the sandbox in a process of its own. Prints what it took and writes a record; another number of reports is no record.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as realWait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../../checks/postgres.ts'
import { systemClock } from '../../server/src/base/base.ts'
import { type ConfigOverrides, loadConfig } from '../../server/src/config/config.ts'
import { emptyDatabase } from '../../server/src/db/testing.ts'
import { openWardline } from '../../server/src/main.ts'
import { countReports } from '../../server/src/reports/reports.ts'
import { waitingReports } from '../../server/stories/waiting-reports.ts'
import { machine } from '../machine.ts'

const reports = Number(process.argv[2] ?? 500)
const fileBytes = 200_000
const goalPerSecond = 20
const uploadsAtATime = 4
const cluster = await startPostgres()
process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
process.on('exit', () => cluster.stop())
const log = { info: () => {}, warn: () => {}, error: (fields: unknown, words: string) => console.error(words, fields) }

const rows: unknown[] = []
for (const database of ['sqlite', 'postgres'] as const) {
  const row = await measure(database)
  rows.push(row)
  console.log(JSON.stringify(row))
}
if (reports === 500) {
  const note =
    'PostgreSQL without fsync, as the tests start it; SQLite with synchronous FULL; the CyberTipline is the sandbox, on the same machine'
  const record = { ...machine(), bench: 'filing', goal: { perSecond: goalPerSecond, uploadsAtATime }, note, rows }
  const file = fileURLToPath(new URL(`../records/${record.date.slice(0, 10)}-filing.json`, import.meta.url))
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`)
}
process.exit()

async function measure(database: 'sqlite' | 'postgres') {
  const line = spawn(process.execPath, [fileURLToPath(new URL('./cybertipline.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  })
  if (line.stdout === null) throw new Error('the CyberTipline has no output')
  const [said] = await once(createInterface(line.stdout), 'line')
  const folder = mkdtempSync(join(tmpdir(), 'wardline-bench-'))
  const config = configOf(folder, JSON.parse(said), await emptyDatabase(database))
  await waitingReports(config, folder, { reports, fileBytes })

  const cpu = process.cpuUsage()
  const wardline = await openWardline(loadConfig({ env: {}, overrides: config, folder }), { clock: systemClock, log })
  const began = performance.now()
  let mostMb = 0
  for (;;) {
    const { finished = 0 } = await countReports(wardline.ground.database.read)
    mostMb = Math.max(mostMb, process.memoryUsage().rss / 1024 / 1024)
    if (finished >= reports) break
    await realWait(100)
  }
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  await wardline.close()
  line.send('count')
  const [theirs] = await once(line, 'message')
  line.kill()
  rmSync(folder, { recursive: true, force: true })
  const perSecond = Math.round((reports / seconds) * 10) / 10
  return {
    database,
    reports,
    fileBytes,
    uploadsAtATime,
    seconds: Math.round(seconds * 10) / 10,
    perSecond,
    isMet: perSecond >= goalPerSecond,
    loadAverage: loadavg()[0],
    ourCpuSeconds: Math.round((user + system) / 100_000) / 10,
    mostRssMb: Math.round(mostMb),
    // Exactly as many finished there as here, each with its file, and nothing left open.
    theirs,
  }
}

function configOf(
  folder: string,
  line: { readonly baseUrl: string; readonly user: string; readonly password: string },
  database: Awaited<ReturnType<typeof emptyDatabase>>,
): ConfigOverrides {
  return {
    environment: 'sandbox',
    data: join(folder, 'data'),
    vault: { keyFile: join(folder, 'wardline.key') },
    ...(database.kind === 'postgres' ? { database: { url: database.url } } : {}),
    server: { port: 0 },
    metrics: { port: 0 },
    limits: { decoders: 1, freeDiskMb: 0 },
    reports: { uploadsAtATime },
    cybertip: {
      baseUrl: line.baseUrl,
      username: line.user,
      password: line.password,
      reporter: { email: 'trust@platform.example' },
    },
  }
}
