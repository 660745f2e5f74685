// The outward way of a notice: SMTP, one mail, one recipient. Outside production only the sandbox's mailbox is accepted.
import { createTransport } from 'nodemailer'
import { type Environment, Fault, isLoopback, isProduction } from '#base'
import type { NoticePolicy } from './policy.ts'
import { type Answerer, whoAnswers } from './send-greeting.ts'
import type { Mail } from './text.ts'

export type PostOutcome =
  | { readonly kind: 'sent' }
  /** The server said no for good: the address or the mail. */
  | { readonly kind: 'refused'; readonly why: string }
  /** No, or no answer: the mail may be sent again, and is recognisable by its Message-ID if the first one did arrive. */
  | {
      readonly kind: 'later'
      readonly why: string
      /** Words for the log, where nothing but the operator can help. */
      readonly alert?: string | undefined
    }

export type Post =
  | {
      readonly kind: 'post'
      send(mail: Mail): Promise<PostOutcome>
      /** Would it send now? Goes as far as name and password, and sends nothing. */
      verify(): Promise<{ readonly kind: 'ready' } | Exclude<PostOutcome, { kind: 'sent' }>>
    }
  /** Keys of the configuration that are missing. */
  | { readonly kind: 'no_post'; readonly missing: readonly string[] }

/** Opens no connection yet. Fault `wrong_mail_server` outside production for a server beyond this machine. */
export function openPost({ environment, smtpUrl, from }: NoticePolicy): Post {
  if (smtpUrl === undefined || from === undefined)
    return { kind: 'no_post', missing: [...(smtpUrl ? [] : ['mail.smtpUrl']), ...(from ? [] : ['mail.from'])] }
  const url = new URL(smtpUrl)
  const local = isLoopback(url.hostname)
  if (!isProduction(environment) && !local) throw beyond(environment)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const secure = url.protocol === 'smtps:'
  const port = Number(url.port) || (secure ? 465 : 587)
  const transport = createTransport({
    host,
    port,
    secure,
    // Beyond this machine never in the clear, whatever a server, or someone before it, offers. On this machine there is
    // nobody to hide from, and its certificate names another host.
    requireTLS: !local,
    ignoreTLS: local,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  /** Asked anew before each mail: another server may have taken the port since. */
  const guarded = async <Done>(act: () => Promise<Done>) => {
    const refusal = isProduction(environment) ? undefined : refusalOf(await whoAnswers({ host, port }))
    if (refusal) return refusal
    try {
      return await act()
    } catch (error) {
      return outcomeOf(error)
    }
  }
  return {
    kind: 'post',
    send: ({ noticeId, to, subject, text, html, language, replyTo }) =>
      guarded(async () => {
        await transport.sendMail({
          from,
          // As an object, so that no comma in it can make it two.
          to: { name: '', address: to },
          subject,
          text,
          ...(html === undefined ? {} : { html }),
          ...(replyTo === undefined ? {} : { replyTo, envelope: { from: replyTo, to } }),
          messageId: `<${noticeId}@${domainOf(from)}>`,
          // RFC 3834: no out-of-office answer is wanted.
          headers: { 'Auto-Submitted': 'auto-generated', ...(language && { 'Content-Language': language }) },
        })
        return { kind: 'sent' } as const
      }),
    verify: () =>
      guarded(async () => {
        await transport.verify()
        return { kind: 'ready' } as const
      }),
  }
}

const beyond = (environment: Environment) =>
  new Fault(
    'wrong_mail_server',
    `the environment "${environment}" sends mail only to a mailbox on this machine (127.0.0.1), never to people`,
    { retry: 'never' },
  )

function refusalOf(answerer: Answerer): Extract<PostOutcome, { kind: 'later' }> | undefined {
  switch (answerer) {
    case 'sandbox':
      return undefined
    case 'nobody':
      return { kind: 'later', why: 'no mail server answers' }
    case 'other':
      return {
        kind: 'later',
        why: 'not the sandbox’s mailbox',
        alert:
          'ALERT: the mail server at mail.smtpUrl is not the sandbox’s mailbox, and outside production no mail goes ' +
          'anywhere else: it could reach people',
      }
  }
}

function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'wardline.invalid'
}

/** In our words: the server's may repeat the address. */
function outcomeOf(error: unknown): Exclude<PostOutcome, { kind: 'sent' }> {
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
