// The ground of the simulation: cases with their evidence and drafted reports, a mailbox, a platform, and the river between them.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StillClock, startCybertipline, startMailbox } from '@wardline/sandbox'
import { Webhook } from 'standardwebhooks'
import { newId, secretBytes } from '#base'
import { caseReported, type Find, moveCase, openOrJoin, readCase } from '#cases'
import { loadConfig } from '#config'
import type { Transaction } from '#db'
import { openCards, openGuards, openMatching, type River } from '#flow'
import { openDecoders } from '#hash'
import { planNotices } from '#notices'
import { createReport, isFileable } from '#reports'
import { aFind, exact } from '../../src/cases/testing.ts'
import { emptyDatabase } from '../../src/db/testing.ts'
import { leashOf, openDesk } from '../../src/desk.ts'
import { openGround } from '../../src/ground.ts'
import { settingsFor } from '../settings.ts'
import type { Kind } from '../world.ts'
import { type Chance, policy, type Simulated } from './notices-model.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
const secret = `whsec_${secretBytes(32).toString('base64')}`

/** What the platform was told by webhook, once for each time it said that it took it. */
export interface Told {
  readonly noticeId: string
  readonly at: number
  readonly words: string
}

export async function openSoak(kind: Kind, chance: Chance) {
  const clock = new StillClock()
  const cybertipline = await startCybertipline({ clock })
  const mailbox = await startMailbox({ clock })
  const platform = await startPlatform(clock, chance)
  const folder = await mkdtemp(join(tmpdir(), 'wardline-notices-'))
  const settings = settingsFor(folder, await emptyDatabase(kind), { cybertipline, mailbox })
  const config = loadConfig({ env: {}, overrides: settings, folder })
  const ground = await openGround(config, { clock, log }, { createKey: true })
  const { database, vault, environment } = { ...ground, environment: config.environment }
  const decoders = openDecoders({ count: 1, ...leashOf(config), log })
  const matching = openMatching({ database, vault, environment, clock, log })
  const guards = await openGuards({ database, vault, environment, clock, log })
  const river: River = {
    ...openDesk(ground),
    decoders,
    matching,
    guards,
    cards: openCards(log),
    alerts: undefined,
    alertsTo: undefined,
    lateMs: 1,
    letters: undefined,
    webhooks: { url: platform.url, secrets: [secret] },
    notices: { ...policy, smtpUrl: mailbox.smtpUrl },
  }
  const close = async () => {
    await matching.stop()
    await guards.stop()
    await decoders.close()
    await ground.close()
    await Promise.all([cybertipline.close(), mailbox.close(), platform.close()])
    await rm(folder, { recursive: true, force: true })
  }
  return { clock, mailbox, platform, river, database, vault, [Symbol.asyncDispose]: close }
}
export type Soak = Awaited<ReturnType<typeof openSoak>>

/** A platform's own endpoint: it takes what is signed, refuses now and then, and is away for some hours. */
async function startPlatform(clock: StillClock, chance: Chance) {
  const told: Told[] = []
  let away = false
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      // The judge of signatures goes by the machine's clock; ours stands still.
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const isOurs = new Webhook(secret).sign(
        headers['webhook-id'] ?? '',
        new Date(Number(headers['webhook-timestamp']) * 1000),
        body,
      )
      if (away || chance() < 0.02) return void response.writeHead(503).end()
      if (isOurs !== headers['webhook-signature']) return void response.writeHead(401).end()
      const { type, data } = JSON.parse(body)
      if (type === 'notice.deliver')
        told.push({ noticeId: data.notice, at: clock.now(), words: [data.subject, data.text, data.html].join('\n') })
      // Taken, and the answer lost: it comes again, and is known by its id.
      if (chance() < 0.01) return void response.destroy()
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/hooks`,
    told,
    goAway: (isAway: boolean) => {
      away = isAway
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

export interface Made {
  readonly caseId: string
  /** Of a batch: the other case of the same account. */
  readonly alsoCaseId: string | undefined
  readonly reportId: string
  /** Of its file, its match and its report: what no notice may say. */
  readonly secrets: readonly string[]
}

const atOnce = 25

/** Cases with preserved evidence and their reports, written and waiting to be filed. */
export async function makeReports({ river, clock, database, vault }: Soak, all: readonly Simulated[]): Promise<Made[]> {
  const made: Made[] = []
  for (let from = 0; from < all.length; from += atOnce) {
    const some = all
      .slice(from, from + atOnce)
      .map((one) => ({ one, bytes: secretBytes(48), scanId: newId('scan', clock) }))
    const preserved = await Promise.all(some.map(({ bytes }) => vault.preserve(bytes)))
    made.push(
      ...(await database.transact(async (tx) => {
        const done: Made[] = []
        for (const [place, { one, bytes, scanId }] of some.entries()) {
          const object = preserved[place]
          if (object === undefined) throw new Error('nothing was preserved')
          await vault.record(tx, object)
          const find = aFind(clock, bytes)
          const grounds = [{ ...exact, ...one.secret }].map(({ fileName: _, ...ground }) => ground)
          const found = { ...find, scanId, context: one.context, file: { ...find.file, grounds }, vaultId: object.id }
          const { caseId } = await openOrJoin(tx, clock, vault, found)
          await moveCase(tx, clock, caseId, 'settled')
          const record = await readCase(tx, vault, caseId)
          if (!isFileable(record)) throw new Error('outside of production every case is')
          const { reportId } = await createReport(tx, clock, vault, { record, settings: river.reports })
          const alsoCaseId = one.isBatch
            ? await alsoIn(tx, reportId, { ...found, scanId: newId('scan', clock) })
            : undefined
          const digests = ['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(bytes).digest('hex'))
          const secrets = [...Object.values(one.secret), ...digests, caseId, reportId, scanId]
          done.push({ caseId, alsoCaseId, reportId, secrets })
        }
        return done
      })),
    )
  }
  return made

  async function alsoIn(tx: Transaction, reportId: string, find: Find): Promise<string> {
    const { caseId } = await openOrJoin(tx, clock, vault, find)
    await moveCase(tx, clock, caseId, 'settled')
    await tx.insertInto('report_cases').values({ report_id: reportId, case_id: caseId }).execute()
    return caseId
  }
}

/** As flow/file-result.ts does with the CyberTipline's last answer: in one transaction finished, kept for a year, and told in time. */
export function finishReport(
  { database, clock, vault, notices }: River,
  { caseId, alsoCaseId, reportId }: Made,
  { channel }: Simulated,
): Promise<void> {
  return database.transact(async (tx) => {
    const finishedAt = clock.now()
    const { numUpdatedRows } = await tx
      .updateTable('reports')
      .set({ state: 'finished', finished_at: finishedAt, changed_at: finishedAt, remote_id: `7${reportId.length}` })
      .where('id', '=', reportId)
      .where('state', '=', 'waiting')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    for (const id of [caseId, alsoCaseId])
      if (id !== undefined) await caseReported(tx, clock, vault, { caseId: id, event: 'report_finished', finishedAt })
    const record = await readCase(tx, vault, caseId)
    await planNotices(tx, clock, vault, { reportId, record, finishedAt, policy: { ...notices, channel } })
  })
}
