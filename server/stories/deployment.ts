// A server in a process of its own, with the outside world in ours: for stories in which the process itself comes to harm.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as realWait } from 'node:timers/promises'
import type { ScanContext } from '@wardline/api'
import { drawPicture, startCybertipline, startMailbox } from '@wardline/sandbox'
import type pg from 'pg'
import { createKey } from '#access'
import { systemClock } from '#base'
import { type ConfigOverrides, loadConfig } from '#config'
import { openDatabase } from '#db'
import { importList, readList } from '#lists'
import { emptyDatabase } from '../src/db/testing.ts'
import { databaseSettings, openGround } from '../src/ground.ts'
import { settingsFor } from './settings.ts'
import { drawn, type Kind, pdqOf } from './world.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** One deployment, prepared and not yet started: a list with drawing 1 on it, and a key. */
export async function deploy(kind: Kind) {
  const cybertipline = await startCybertipline()
  const mailbox = await startMailbox()
  const folder = await mkdtemp(join(tmpdir(), 'wardline-kill-'))
  const settings = await emptyDatabase(kind)
  const config = settingsFor(folder, settings, { cybertipline, mailbox })
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

/**
 * Starts the deployment's server in a process of its own. dieAfter: the journaled step after which it is killed.
 * largestFileKb: no file it writes may grow beyond, as on a full disk.
 */
export async function start(
  { config, folder }: { config: ConfigOverrides; folder: string },
  { dieAfter = null, largestFileKb }: { dieAfter?: string | null; largestFileKb?: number } = {},
): Promise<{ child: ChildProcess; url: string; steps: string[]; said: string[] }> {
  const program = join(import.meta.dirname, 'child.ts')
  const command = [process.execPath, program, JSON.stringify({ config, folder, dieAfter })]
  // sh counts in blocks of 512 bytes.
  const limited = largestFileKb === undefined ? [] : ['/bin/sh', '-c', `ulimit -f ${largestFileKb * 2}; exec "$0" "$@"`]
  const [file = '', ...args] = [...limited, ...command]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
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
  return { child, url, steps, said }
}

/** The verdict, or the problem's status; `requestKey` makes it the same request again. */
export async function upload(
  url: string,
  {
    key,
    bytes,
    requestKey = 'upload-1',
    user = 'user-1',
    more = {},
  }: { key: string; bytes: Uint8Array; requestKey?: string; user?: string; more?: Partial<ScanContext> },
): Promise<string> {
  const context = { account: { id: user, email: `${user}@users.example` }, ...more }
  const response = await fetch(new URL('/v1/scans', url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'image/jpeg',
      'idempotency-key': requestKey,
      'wardline-context': encodeURIComponent(JSON.stringify(context)),
    },
    body: bytes as Uint8Array<ArrayBuffer>,
  })
  const body = (await response.json()) as { verdict?: string }
  // The request that died with its server may still be thought of as running: asked again, as the answer says.
  if (response.status === 409) {
    await realWait(Number(response.headers.get('retry-after')) * 1000)
    return upload(url, { key, bytes, requestKey, user, more })
  }
  return body.verdict ?? `problem ${response.status}`
}

/** A minute passes for requests that died with their server: nobody else takes them up before (src/intake/idempotency.ts). */
export async function aMinuteLater({ config, folder }: { config: ConfigOverrides; folder: string }): Promise<void> {
  await using database = openDatabase(databaseSettings(loadConfig({ env: {}, overrides: config, folder })))
  await database.transact((tx) =>
    tx
      .updateTable('scan_answers')
      .set({ expires_at: systemClock.now() })
      .where('answer', 'is', null)
      .execute()
      .then(() => {}),
  )
}

/** Where a deployment on PostgreSQL has its database. */
export function databaseOf({ config, folder }: { config: ConfigOverrides; folder: string }): string {
  const { url } = loadConfig({ env: {}, overrides: config, folder }).database
  if (url === undefined) throw new Error('this deployment is not on PostgreSQL')
  return url
}

/** What is still to be done: jobs by kind, how they stand and why. */
export async function left(database: pg.Client): Promise<readonly unknown[]> {
  return (await database.query('select kind, state, last_error from jobs')).rows
}
