// The outward way of a notice: SMTP, one mail, one recipient. Outside production only a mail server on this machine is accepted.
import { createTransport } from 'nodemailer'
import { type Environment, Fault, isProduction } from '#base'
import type { NoticePolicy } from './policy.ts'
import type { Mail } from './text.ts'

export type PostOutcome =
  | { readonly kind: 'sent' }
  /** The server said no for good: the address or the mail. */
  | { readonly kind: 'refused'; readonly why: string }
  /** No, or no answer: the mail may be sent again, and is recognisable by its Message-ID if the first one did arrive. */
  | { readonly kind: 'later'; readonly why: string }

export type Post =
  | { readonly kind: 'post'; send(mail: Mail): Promise<PostOutcome> }
  /** Keys of the configuration that are missing. */
  | { readonly kind: 'no_post'; readonly missing: readonly string[] }

/** Opens no connection yet. Fault `wrong_mail_server` outside production for a server beyond this machine. */
export function openPost({ environment, smtpUrl, from }: NoticePolicy): Post {
  if (smtpUrl === undefined || from === undefined)
    return { kind: 'no_post', missing: [...(smtpUrl ? [] : ['mail.smtpUrl']), ...(from ? [] : ['mail.from'])] }
  const url = new URL(smtpUrl)
  refuseBeyond(environment, url)
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587),
    secure: url.protocol === 'smtps:',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    kind: 'post',
    send: async ({ noticeId, to, subject, text }) => {
      try {
        await transport.sendMail({
          from,
          // As an object, so that no comma in it can make it two.
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${noticeId}@${domainOf(from)}>`,
          // RFC 3834: no out-of-office answer is wanted.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return { kind: 'sent' }
      } catch (error) {
        return outcomeOf(error)
      }
    },
  }
}

function refuseBeyond(environment: Environment, url: URL): void {
  if (isProduction(environment)) return
  const { hostname } = url
  if (hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127\.\d+\.\d+\.\d+$/.test(hostname))
    return
  throw new Fault(
    'wrong_mail_server',
    `the environment "${environment}" sends mail only to a mailbox on this machine (127.0.0.1), never to people`,
    { retry: 'never' },
  )
}

function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'wardline.invalid'
}

/** In our words: the server's may repeat the address. */
function outcomeOf(error: unknown): PostOutcome {
  const { code, responseCode, command } = error as Partial<Record<string, unknown>>
  // The transport names every failure of its own; anything else is a bug.
  if (typeof code !== 'string') throw error
  const why = [responseCode ?? code, command].filter((part) => part !== undefined).join(' at ')
  const aboutIt = command === 'RCPT TO' || command === 'DATA'
  // A 5xx to our name, sender or password is the operator's to mend; the notice waits for it.
  return typeof responseCode === 'number' && responseCode >= 500 && aboutIt
    ? { kind: 'refused', why }
    : { kind: 'later', why }
}
