// For tests: a mailbox on a real IMAP server, filled as a mail server would fill it, and looked into afterwards.
import { ImapFlow } from 'imapflow'
import { newId, systemClock } from '#base'
import { type Dovecot, startDovecot } from '../../../checks/dovecot.ts'

export { type Dovecot, startDovecot }

export interface TestBox {
  readonly imapUrl: string
  /** A raw mail, delivered. `lines`: joined by CR LF. */
  deliver(mail: string | Uint8Array | readonly string[]): Promise<void>
  /** Subjects, or ids, of what lies in a folder; none where there is no such folder. */
  lies(folder: 'INBOX' | 'Wardline read' | 'Wardline left'): Promise<readonly string[]>
  within<T>(work: (client: ImapFlow) => Promise<T>): Promise<T>
}

/** Empty, and of nobody else. */
export function openTestBox(dovecot: Dovecot): TestBox {
  const imapUrl = dovecot.urlOf(newId('box', systemClock))
  const within: TestBox['within'] = async (work) => {
    const { hostname, port, username, password } = new URL(imapUrl)
    const auth = { user: username, pass: password }
    const client = new ImapFlow({ host: hostname, port: Number(port), auth, doSTARTTLS: false, logger: false })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.logout()
    }
  }
  return {
    imapUrl,
    within,
    deliver: (mail) =>
      within(async (client) => {
        const raw = typeof mail === 'string' || mail instanceof Uint8Array ? mail : mail.join('\r\n')
        await client.append('INBOX', typeof raw === 'string' ? raw : Buffer.from(raw))
      }),
    lies: (folder) =>
      within(async (client) => {
        if (!(await client.list()).some(({ path }) => path === folder)) return []
        const box = await client.mailboxOpen(folder, { readOnly: true })
        const rows = box.exists === 0 ? [] : await client.fetchAll('1:*', { envelope: true })
        return rows.map(({ envelope, uid }) => envelope?.subject ?? String(uid))
      }),
  }
}

/** A person's mail, as a program sends it. */
export const letterTo = (to: string, words: string, headers: Readonly<Record<string, string>> = {}): string[] => [
  'Received: from mx.users.example by mx.platform.example; Sun, 22 Nov 2026 19:00:00 +0000',
  ...Object.entries({
    From: 'Somebody <somebody@users.example>',
    To: to,
    Subject: 'Re: About your account',
    'Message-ID': `<${newId('mail', systemClock)}@users.example>`,
    Date: 'Sun, 22 Nov 2026 19:00:00 +0000',
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`),
  '',
  ...words.split('\n'),
]
