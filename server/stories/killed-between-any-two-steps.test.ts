import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as realWait } from 'node:timers/promises'
import { drawPicture, startCybertipline, startMailbox } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { createKey } from '#access'
import { systemClock } from '#base'
import { type ConfigOverrides, loadConfig } from '#config'
import { openDatabase } from '#db'
import { importList, readList } from '#lists'
import { emptyDatabase } from '../src/db/testing.ts'
import { databaseSettings, openGround } from '../src/ground.ts'
import { drawn, type Kind, kinds, pdqOf } from './world.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

describe.each(kinds)('on %s, a server that is killed', (kind) => {
  it('ends with exactly one finished report and one notice, whichever journaled step it dies after', async () => {
    const steps = await life(kind, null)
    expect(steps).toEqual(
      expect.arrayContaining(['preserve', 'hold', 'settle', 'submit begun', 'upload:1 done', 'finish done']),
    )
    expect(steps.length).toBeGreaterThanOrEqual(13)
    await inLanes(4, steps, (step) => life(kind, step))
  }, 240_000)
})

/** One upload on a fresh deployment, the server dying once after `dieAfter`; asserts the end and gives the steps seen. */
async function life(kind: Kind, dieAfter: string | null): Promise<string[]> {
  await using outside = await open(kind)
  const first = await start(outside, dieAfter)
  const died = once(first.child, 'exit')
  const answered = await upload(first.url, outside).catch(() => undefined)
  let running = first
  if (dieAfter !== null) {
    const [, signal] = await died
    expect(signal, `dies after "${dieAfter}"`).toBe('SIGKILL')
    running = await start(outside, null)
    if (answered === undefined) expect(await upload(running.url, outside)).toBe('held')
  } else expect(answered).toBe('held')

  await outside.mailbox.waitFor(() => true, 60_000)
  await untilIdle(outside)
  const { reports } = outside.cybertipline.inspect()
  expect(
    reports.filter((report) => report.state === 'finished').map((report) => report.files.length),
    `after "${dieAfter}"`,
  ).toEqual([1])
  // A submit whose answer was lost may leave an empty report, which expires by itself; one with a file never stays open.
  expect(reports.filter((report) => report.state === 'open' && report.files.length > 0)).toEqual([])
  expect(new Set(outside.mailbox.messages().map((mail) => mail.messageId)).size, `notices after "${dieAfter}"`).toBe(1)
  running.child.kill('SIGTERM')
  await once(running.child, 'exit')
  return running.steps
}

/** Until nothing is left to do, so that a second report or mail would have been seen. */
async function untilIdle({ config, folder }: { config: ConfigOverrides; folder: string }): Promise<void> {
  await using database = openDatabase(databaseSettings(loadConfig({ env: {}, overrides: config, folder })))
  for (let turn = 0; turn < 3_000; turn += 1) {
    const jobs = await database.read.selectFrom('jobs').select('id').execute()
    const notices = await database.read.selectFrom('notices').select('state').execute()
    if (jobs.length === 0 && notices.some(({ state }) => state === 'sent')) return
    await realWait(10)
  }
  throw new Error('work was left over')
}

async function upload(url: string, { key, bytes }: { key: string; bytes: Uint8Array }): Promise<string> {
  const context = { account: { id: 'user-1', email: 'one@users.example' } }
  const response = await fetch(new URL('/v1/scans', url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'image/jpeg',
      'idempotency-key': 'upload-1',
      'wardline-context': encodeURIComponent(JSON.stringify(context)),
    },
    body: bytes as Uint8Array<ArrayBuffer>,
  })
  const body = (await response.json()) as { verdict?: string }
  // The request that died with its server may still be thought of as running: asked again, as the answer says.
  if (response.status === 409) {
    await realWait(Number(response.headers.get('retry-after')) * 1000)
    return upload(url, { key, bytes })
  }
  return body.verdict ?? `problem ${response.status}`
}

async function inLanes<T>(lanes: number, all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...all]
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function open(kind: Kind) {
  const cybertipline = await startCybertipline()
  const mailbox = await startMailbox()
  const folder = await mkdtemp(join(tmpdir(), 'wardline-kill-'))
  const settings = await emptyDatabase(kind)
  const { user, password } = cybertipline.credentials
  const config: ConfigOverrides = {
    environment: 'sandbox',
    data: join(folder, 'data'),
    vault: { keyFile: join(folder, 'wardline.key') },
    ...(settings.kind === 'postgres' ? { database: { url: settings.url } } : {}),
    server: { port: 0, publicUrl: 'http://127.0.0.1:8080' },
    metrics: { port: 0 },
    limits: { decoders: 1, freeDiskMb: 0 },
    rules: { settleSeconds: 0 },
    cybertip: {
      baseUrl: cybertipline.baseUrl,
      username: user,
      password,
      reporter: { email: 'trust@platform.example' },
    },
    mail: { smtpUrl: mailbox.smtpUrl, from: 'notices@platform.example' },
    notices: { delayHours: 0, jitterHours: 0 },
  }
  const key = await prepare(config, folder)
  return {
    cybertipline,
    mailbox,
    folder,
    config,
    key,
    bytes: await drawn(1),
    async [Symbol.asyncDispose]() {
      await cybertipline.close()
      await mailbox.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A list with the picture on it and a key, made before the first server starts. */
async function prepare(config: ConfigOverrides, folder: string): Promise<string> {
  const loaded = loadConfig({ env: {}, overrides: config, folder })
  await using ground = await openGround(loaded, { clock: systemClock, log: quiet }, { createKey: true })
  const row = JSON.stringify({
    source: 's',
    entryId: '1',
    algorithm: 'pdq',
    value: pdqOf(drawPicture(1)),
    class: 'test',
  })
  const read = await readList(row, { format: 'jsonl', listId: 'cards', class: 'test' })
  const list = { id: 'cards', class: 'test', radiusBits: 31, environment: 'sandbox', actor: 'wardline' } as const
  await importList(ground.database, ground.vault, systemClock, list, read)
  const made = await ground.database.transact((tx) =>
    createKey(tx, systemClock, { label: 'k', scopes: ['scans:write'] }),
  )
  return made.secret
}

async function start(
  { config, folder }: { config: ConfigOverrides; folder: string },
  dieAfter: string | null,
): Promise<{ child: ChildProcess; url: string; steps: string[] }> {
  const program = join(import.meta.dirname, 'child.ts')
  const child = spawn(process.execPath, [program, JSON.stringify({ config, folder, dieAfter })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const steps: string[] = []
  const said: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line)
    const step = /"step":"([^"]+)"/.exec(line)?.[1]
    if (step !== undefined) steps.push(step)
  })
  const out = createInterface({ input: child.stdout })
  const url = await Promise.race([
    once(out, 'line').then(([line]) => (JSON.parse(String(line)) as { url: string }).url),
    once(child, 'exit').then(() =>
      Promise.reject(new Error(`the server ended before it listened:\n${said.join('\n')}`)),
    ),
  ])
  return { child, url, steps }
}
