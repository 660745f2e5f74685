// For tests: a mailbox on a real IMAP server, filled as a mail server would fill it, and looked into afterwards.
import { ImapFlow } from 'imapflow'
import { newId, systemClock } from '#base'
import { markSending, markSent, planNotice } from '#notices'
import { type Dovecot, startDovecot } from '../../../checks/dovecot.ts'
import type { Ground } from '../cases/testing.ts'
import { reported } from '../notices/testing.ts'

export { type Dovecot, startDovecot }

export interface TestBox {
  readonly imapUrl: string
  /** Raw mails, delivered. Lines are joined by CR LF. */
  deliver(...mails: readonly (Uint8Array | readonly string[])[]): Promise<void>
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
    deliver: (...mails) =>
      within(async (client) => {
        for (const mail of mails)
          await client.append('INBOX', Buffer.from(mail instanceof Uint8Array ? mail : mail.join('\r\n')))
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

export const appealsAddress = 'appeals@platform.example'

/** A case, its notice, and the address that an answer to it goes to. */
export async function tell(ground: Ground): Promise<{ caseId: string; noticeId: string; replyTo: string }> {
  const { clock, vault } = ground
  const policy = { environment: 'sandbox', enabled: true, delayMs: 0, jitterMs: 0, publicUrl: 'http://x.test' } as const
  const { caseId, reportId, record } = await reported(ground, {
    surface: 'upload',
    account: { id: '7', email: 'a@example.org' },
  })
  return ground.transact(async (tx) => {
    const { noticeId } = await planNotice(tx, clock, vault, { reportId, record, finishedAt: clock.now(), policy })
    const begun = await markSending(tx, clock, vault, { noticeId, policy: { ...policy, appealsAddress } })
    if (begun.kind !== 'mail' || begun.mail.replyTo === undefined) throw new Error('no address to answer to')
    await markSent(tx, clock, noticeId)
    return { caseId, noticeId, replyTo: begun.mail.replyTo }
  })
}
