// A report with one file of so many MiB is filed by a server in a process of its own, whose memory is watched.
//   node server/stories/large-file.ts 2048      also `npm run soak:large-file`; ends with 1 when memory grew beyond the bound
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as realWait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startCybertipline } from '@wardline/sandbox'
import { systemClock } from '#base'
import { type ConfigOverrides, loadConfig } from '#config'
import { countReports } from '#reports'
import { openWardline } from '../src/main.ts'
import { waitingReports } from './waiting-reports.ts'

/** How far the whole server's memory may grow over what it was before the first byte, whatever the file's size. */
export const mostGrowthMb = 160

const MiB = 1024 * 1024
const program = fileURLToPath(import.meta.url)

type Part = {
  readonly part: 'prepare' | 'serve'
  readonly config: ConfigOverrides
  readonly folder: string
  readonly mib: number
}

export async function fileLarge(mib: number) {
  await using line = await startCybertipline()
  const folder = mkdtempSync(join(tmpdir(), 'wardline-large-'))
  const { user: username, password } = line.credentials
  const config: ConfigOverrides = {
    environment: 'sandbox',
    data: join(folder, 'data'),
    vault: { keyFile: join(folder, 'wardline.key') },
    server: { port: 0 },
    metrics: { port: null },
    limits: { decoders: 1, freeDiskMb: 0 },
    cybertip: { baseUrl: line.baseUrl, username, password, reporter: { email: 'trust@platform.example' } },
  }
  try {
    const part = (name: Part['part']) => [program, JSON.stringify({ part: name, config, folder, mib } satisfies Part)]
    // What makes the file holds it in memory; what files it must not.
    const made = spawnSync(process.execPath, part('prepare'), { stdio: ['ignore', 'ignore', 'inherit'] })
    if (made.status !== 0) throw new Error('the report could not be made')
    const server = spawn(process.execPath, part('serve'), { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await once(createInterface({ input: server.stdout }), 'line')
    const grown: { readonly grewMb: number } = JSON.parse(String(said))
    const reports = line
      .inspect()
      .reports.map(({ state, files }) => ({ state, sizes: files.map((one) => one.sizeBytes) }))
    return { mib, ...grown, reports }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function serve({ config, folder }: Part): Promise<void> {
  const silent = { info: () => {}, warn: () => {}, error: (_: unknown, words: string) => console.error(words) }
  const rss = () => process.memoryUsage().rss / MiB
  const before = rss()
  let most = before
  const watching = setInterval(() => {
    most = Math.max(most, rss())
  }, 20)
  const loaded = loadConfig({ env: {}, overrides: config, folder })
  await using wardline = await openWardline(loaded, { clock: systemClock, log: silent })
  while ((await countReports(wardline.ground.database.read)).finished !== 1) await realWait(50)
  clearInterval(watching)
  console.log(JSON.stringify({ beforeMb: Math.round(before), grewMb: Math.round(most - before) }))
}

async function main(argument: string): Promise<void> {
  if (!argument.startsWith('{')) {
    const measured = await fileLarge(Number(argument))
    console.log(JSON.stringify({ ...measured, mostGrowthMb }))
    process.exitCode = measured.grewMb <= mostGrowthMb ? 0 : 1
    return
  }
  const part: Part = JSON.parse(argument)
  if (part.part === 'serve') return serve(part)
  await waitingReports(part.config, part.folder, { reports: 1, fileBytes: part.mib * MiB })
}

if (process.argv[1] === program) await main(process.argv[2] ?? '2048')
