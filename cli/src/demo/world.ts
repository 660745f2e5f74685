// Everything that the demo starts: the outside world in miniature, and a real server in a folder of its own.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cybertipline, type Mailbox, startCybertipline, startMailbox } from '@wardline/sandbox'
import { addPerson, createKey } from '@wardline/server/access'
import { systemClock } from '@wardline/server/base'
import { type Config, loadConfig } from '@wardline/server/config'
import { openLog } from '@wardline/server/http'
import { openWardline, type Wardline } from '@wardline/server/main'

export interface DemoWorld extends AsyncDisposable {
  readonly folder: string
  readonly logFile: string
  readonly cybertipline: Cybertipline
  readonly mailbox: Mailbox
  readonly wardline: Wardline
  /** Of a service that may send images and read what became of them. */
  readonly key: string
  /** Of the drawn platform, which fetches what it must act on. */
  readonly platformKey: string
  /** Who hears appeals and approves repairs here. */
  readonly reviewers: readonly Reviewer[]
  /** What a command beside the demo needs: `--config` of it. */
  readonly configFile: string
}

export interface Reviewer {
  readonly name: string
  readonly email: string
  readonly key: string
}

export async function openDemoWorld({ keep }: { readonly keep: boolean }): Promise<DemoWorld> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'wardline-demo-'))
  opened.defer(async () => {
    if (!keep) await rm(folder, { recursive: true, force: true })
  })
  await mkdir(join(folder, 'album'))
  const cybertipline = opened.use(await startCybertipline())
  const mailbox = opened.use(await startMailbox())

  const logFile = join(folder, 'wardline.log')
  const destination = createWriteStream(logFile, { mode: 0o600 })
  opened.defer(() => new Promise<void>((resolve) => destination.end(() => resolve())))
  const config = await demoConfig(folder, cybertipline, mailbox)
  const log = openLog({ level: 'info', environment: config.environment, destination })
  const wardline = opened.use(await openWardline(config, { clock: systemClock, log }))

  await wardline.river.matching.refresh()
  const configFile = join(folder, 'wardline.yaml')
  const { environment, data, vault } = config
  await writeFile(configFile, JSON.stringify({ environment, data, vault: { keyFile: vault.keyFile } }))
  const keys = await makeKeys(wardline)
  const all = opened.move()
  const end = () => all.disposeAsync()
  return { folder, logFile, configFile, cybertipline, mailbox, wardline, ...keys, [Symbol.asyncDispose]: end }
}

async function makeKeys({ ground: { database, clock } }: Wardline) {
  return database.transact(async (tx) => {
    const uploads = { label: 'demo', scopes: ['scans:write', 'scans:read', 'cases:read', 'reports:read'] } as const
    const { secret: key } = await createKey(tx, clock, uploads)
    const { secret: platformKey } = await createKey(tx, clock, {
      label: 'forum',
      scopes: ['events:read', 'events:take'],
    })
    const reviewers: Reviewer[] = []
    for (const name of ['Rita', 'Tom']) {
      const email = `${name.toLowerCase()}@forum.example`
      const { id: personId } = await addPerson(tx, clock, { name, email, roles: ['reviewer'] })
      const scopes = ['cases:read', 'cases:decide', 'appeals:read', 'appeals:decide'] as const
      reviewers.push({ name, email, key: (await createKey(tx, clock, { label: name, personId, scopes })).secret })
    }
    return { key, platformKey, reviewers }
  })
}

/** Nothing of the operator's own configuration or variables gets in: the demo is the same everywhere. */
async function demoConfig(folder: string, cybertipline: Cybertipline, mailbox: Mailbox): Promise<Config> {
  const { user, password } = cybertipline.credentials
  const port = await freePort()
  return loadConfig({
    env: {},
    folder,
    overrides: {
      environment: 'sandbox',
      data: join(folder, 'data'),
      vault: { keyFile: join(folder, 'vault.key') },
      server: { port, publicUrl: `http://127.0.0.1:${port}` },
      metrics: { port: 0 },
      limits: { decoders: 2, freeDiskMb: 0 },
      rules: { settleSeconds: 0 },
      cybertip: {
        baseUrl: cybertipline.baseUrl,
        username: user,
        password,
        reporter: { email: 'trust-and-safety@forum.example' },
        platform: 'Example Forum',
      },
      mail: { smtpUrl: mailbox.smtpUrl, from: 'Example Forum <notices@forum.example>' },
      notices: { delayHours: 0, jitterHours: 0 },
    },
  })
}

/** The notice's link needs the port before the server has it. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
