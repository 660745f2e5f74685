// The configuration a story's server runs with: the sandbox around it, nothing delayed unless the story says so.
import { join } from 'node:path'
import type { Cybertipline, Mailbox } from '@wardline/sandbox'
import type { ConfigOverrides } from '#config'
import type { DatabaseSettings } from '#db'

export function settingsFor(
  folder: string,
  database: DatabaseSettings,
  { cybertipline, mailbox }: { cybertipline: Cybertipline; mailbox: Mailbox },
): ConfigOverrides {
  const { user, password } = cybertipline.credentials
  return {
    environment: 'sandbox',
    data: join(folder, 'data'),
    vault: { keyFile: join(folder, 'wardline.key') },
    ...(database.kind === 'postgres' ? { database: { url: database.url } } : {}),
    server: { port: 0, publicUrl: 'http://127.0.0.1:8080' },
    metrics: { port: 0 },
    limits: { decoders: 1, freeDiskMb: 0, scansPerMinutePerKey: 10_000 },
    rules: { settleSeconds: 0 },
    cybertip: {
      baseUrl: cybertipline.baseUrl,
      username: user,
      password,
      reporter: { email: 'trust@platform.example' },
      platform: 'Example Forum',
    },
    mail: { smtpUrl: mailbox.smtpUrl, from: 'notices@platform.example' },
    notices: { delayHours: 0, jitterHours: 0 },
  }
}
