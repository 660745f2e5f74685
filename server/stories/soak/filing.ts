// Many filings, each with its own faults, on servers that are killed again and again: what stands at the CyberTipline in the end?
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as realWait } from 'node:timers/promises'
import { drawPicture, encode, randomPlan, startCybertipline, startMailbox, verdictOf } from '@wardline/sandbox'
import { createKey } from '#access'
import { type ConfigOverrides, loadConfig } from '#config'
import { type Database, openDatabase } from '#db'
import { importList, readList } from '#lists'
import { emptyDatabase } from '../../src/db/testing.ts'
import { databaseSettings, openGround } from '../../src/ground.ts'
import { settingsFor } from '../settings.ts'
import { type Kind, pdqOf } from '../world.ts'
import { retryAsPerson } from './person.ts'
import { scaledClock } from './scaled-clock.ts'
import { chances, keepServers } from './servers.ts'

const pictures = 24
const quiet = { info: () => {}, warn: () => {}, error: () => {} }

export interface Soak {
  readonly filings: number
  readonly kills: number
  readonly seed: number
  /** How much faster than real time. */
  readonly factor?: number
  /** Share of the calls that fail on purpose. */
  readonly share?: number
  readonly tell?: (words: string) => void
}

export type Soaked = Awaited<ReturnType<typeof soakFiling>>

/** Throws when filings do not come to their end. */
export async function soakFiling(kind: Kind, { filings, kills, seed, factor = 20, share = 0.12, tell }: Soak) {
  const anchor = { atMs: Date.now(), factor }
  const clock = scaledClock(anchor)
  const chance = chances(seed)
  const cybertipline = await startCybertipline({ clock })
  const mailbox = await startMailbox({ clock })
  const folder = await mkdtemp(join(tmpdir(), 'wardline-soak-'))
  const settings = await emptyDatabase(kind)
  const config: ConfigOverrides = {
    ...settingsFor(folder, settings, { cybertipline, mailbox }),
    limits: { decoders: 1, freeDiskMb: 0, scansPerMinutePerKey: 1_000_000 },
    // A thousand accounts share two dozen pictures: the flood breaker would set every one of them aside.
    rules: { settleSeconds: 0, breaker: { accounts: 1_000_000 } },
  }
  try {
    const drawn = await Promise.all([...Array(pictures).keys()].map((n) => encode(drawPicture(n + 1), 'jpeg')))
    const key = await prepare(config, folder, clock)
    cybertipline.faults.rule(randomPlan({ seed, share }))
    const many = kind === 'postgres' ? 2 : 1
    let [fed, filed] = [0, 0]
    // Neither is over long before the other. A report that is killed at every step of its way asks for a person in the end, as it should.
    const isAhead = (done: number) => done / kills > (filed + 10 * many) / filings
    const servers = keepServers({ config, folder, anchor, many, kills, isAhead, chance })
    try {
      await using database = openDatabase(databaseSettings(loadConfig({ env: {}, overrides: config, folder })))
      const feed = async () => {
        for (let n = fed++; n < filings; n = fed++) {
          filed = await finished(database)
          while (n / filings > (servers.kills() + 2 * many) / kills && servers.kills() < kills) {
            await realWait(50)
            filed = await finished(database)
          }
          const start = Math.floor(chance() * pictures)
          const files = 1 + Math.floor(chance() ** 2 * 12)
          const bytes = Array.from({ length: files }, (_, i) => drawn[(start + i) % pictures] ?? Buffer.of())
          await send({ key, n, bytes }, servers.url)
          if (n % 100 === 99) tell?.(`${n + 1} found, ${servers.kills()} kills, ${filed} finished`)
        }
      }
      await Promise.all(Array.from({ length: 4 }, feed))
      // The rest of the kills fall on what is still being filed; then everything comes to its end.
      for (let turn = 0; servers.kills() < kills && turn < 1_200; turn += 1) {
        await realWait(100)
        filed = await finished(database)
      }
      servers.calm()
      const retried = await untilIdle(database, filings, servers.said, () =>
        retryAsPerson(database, { config, folder, clock }),
      )
      const verdict = verdictOf(cybertipline.inspect())
      const { sent, doubled } = mails(mailbox.messages())
      const ours = await database.read
        .selectFrom('reports')
        .select(['state', (eb) => eb('receipt_sealed', 'is', null).as('lacks')])
        .execute()
      return {
        kind,
        filings,
        kills: servers.kills(),
        hits: Object.fromEntries([...servers.hits].sort()),
        verdict,
        finishedHere: ours.filter(({ state }) => state === 'finished').length,
        /** Finished, and the answer with the receipt died with the server that it was given to, or was lost on the way. */
        withoutReceipt: ours.filter(({ state, lacks }) => state === 'finished' && Boolean(lacks)).length,
        /** Begun anew too often by servers that died: a person was asked, and said `wardline reports retry`. */
        retried,
        mails: { sent, doubled },
      }
    } finally {
      await servers.stop()
    }
  } finally {
    await cybertipline.close()
    await mailbox.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function prepare(
  config: ConfigOverrides,
  folder: string,
  clock: ReturnType<typeof scaledClock>,
): Promise<string> {
  const loaded = loadConfig({ env: {}, overrides: config, folder })
  await using ground = await openGround(loaded, { clock, log: quiet }, { createKey: true })
  const rows = [...Array(pictures).keys()].map((n) =>
    JSON.stringify({
      source: 's',
      entryId: String(n),
      algorithm: 'pdq',
      value: pdqOf(drawPicture(n + 1)),
      class: 'test',
    }),
  )
  const read = await readList(rows.join('\n'), { format: 'jsonl', listId: 'cards', class: 'test' })
  const list = { id: 'cards', class: 'test', radiusBits: 31, environment: 'sandbox', actor: 'wardline' } as const
  await importList(ground.database, ground.vault, clock, list, read)
  const made = await ground.database.transact((tx) => createKey(tx, clock, { label: 'k', scopes: ['scans:write'] }))
  return made.secret
}

/** The same request again and again, until a server that lives has answered it. */
async function send(
  { key, n, bytes }: { key: string; n: number; bytes: readonly Uint8Array[] },
  url: () => Promise<string>,
): Promise<void> {
  for (;;) {
    const form = new FormData()
    for (const [place, one] of bytes.entries())
      form.append('file', new Blob([one as Uint8Array<ArrayBuffer>]), `file-${place}.jpg`)
    form.append(
      'context',
      JSON.stringify({ account: { id: `soak-${n}`, email: `soak-${n}@users.example`, emailVerified: true } }),
    )
    const answer = await fetch(new URL('/v1/scans', await url()), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'idempotency-key': `soak-${n}` },
      body: form,
      signal: AbortSignal.timeout(30_000),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => undefined)
    if (answer?.status === 200 && answer.text.includes('"held"')) return
    if (answer !== undefined && ![200, 409, 429, 500, 503].includes(answer.status))
      throw new Error(`a find was refused: ${answer.status} ${answer.text}`)
    if (answer?.status === 200) throw new Error(`a known picture was not held: ${answer.text}`)
    await realWait(100)
  }
}

async function finished(database: Database): Promise<number> {
  const rows = await database.read.selectFrom('reports').select('id').where('state', '=', 'finished').execute()
  return rows.length
}

/** How often a person was asked, and said that it goes on. */
async function untilIdle(
  database: Database,
  filings: number,
  said: readonly string[],
  ask: () => Promise<number>,
): Promise<number> {
  let asked = 0
  const waited = ['settle', 'file', 'notify']
  for (let turn = 0; turn < 3_000; turn += 1) {
    const jobs = await database.read
      .selectFrom('jobs')
      .select(['kind', 'state', 'last_error'])
      .where('kind', 'in', waited)
      .execute()
    if (jobs.length === 0) {
      if ((await finished(database)) >= filings) return asked
      asked += await ask()
    }
    if (turn === 2_999) {
      const states = await database.read
        .selectFrom('reports')
        .select(['state', 'trouble'])
        .where('state', '<>', 'finished')
        .execute()
      throw new Error(
        `this never ended: ${JSON.stringify({ jobs: jobs.slice(0, 5), states: states.slice(0, 5) })}\n${said.slice(-20).join('\n')}`,
      )
    }
    await realWait(100)
  }
  return asked
}

function mails(messages: readonly { readonly to: readonly string[] }[]): { sent: number; doubled: number } {
  const to = messages.flatMap((mail) => mail.to)
  return { sent: new Set(to).size, doubled: to.length - new Set(to).size }
}
