// Everything that the demo starts: the outside world in miniature, and a real server in a folder of its own.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cybertipline, type Mailbox, startCybertipline, startMailbox } from '@wardline/sandbox'
import { createKey } from '@wardline/server/access'
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
  const { database, clock } = wardline.ground
  const { secret } = await database.transact((tx) =>
    createKey(tx, clock, { label: 'demo', scopes: ['scans:write', 'scans:read', 'cases:read', 'reports:read'] }),
  )
  const all = opened.move()
  const end = () => all.disposeAsync()
  return { folder, logFile, cybertipline, mailbox, wardline, key: secret, [Symbol.asyncDispose]: end }
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
