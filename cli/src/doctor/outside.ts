// The ways out and in: the CyberTipline, the mail server, the address of notices, the ports.
import { createServer } from 'node:net'
import { ready } from '@wardline/api'
import { Fault, isProduction } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import { openWay, reportSettings } from '@wardline/server/reports'
import { counted } from '../counted.ts'
import { refusalTodo } from '../reports/refusal-words.ts'
import { type Check, fail, ok, warn, within } from './check.ts'
import { greet } from './smtp.ts'

const patienceMs = 10_000
/** A program on this machine that says nothing for so long is none of ours. */
const localPatienceMs = 2_000

/** Asks /status with the configured credentials: it opens no report. */
export async function checkCybertipline({ environment, cybertip }: Config): Promise<Check> {
  const name = 'CyberTipline'
  const bad = isProduction(environment) ? fail : warn
  try {
    const way = openWay(reportSettings(environment, cybertip))
    if (way.kind === 'cannot_report')
      return bad(
        name,
        `cannot report: ${way.missing.join(', ')} missing`,
        `Set them in the configuration${environment === 'sandbox' ? ' (`wardline sandbox` starts one to try, and prints what to set)' : ''}. Until then a held case is preserved, and waits.`,
      )
    const answer = await within(patienceMs, way.client.status())
    if (answer.kind === 'ok') return ok(name, `answers to these credentials (${environment})`)
    return fail(
      name,
      answer.message,
      environment === 'sandbox' && unanswered.has(answer.code)
        ? 'Does your `wardline sandbox` run, at the address in cybertip.baseUrl? `wardline cybertip status` asks again.'
        : `${capital(refusalTodo(answer))} \`wardline cybertip status\` asks again.`,
    )
  } catch (error) {
    const words = error instanceof Error ? error.message : 'unknown trouble'
    return fail(name, words, error instanceof Fault ? 'See cybertip.baseUrl.' : 'Check the way out of this machine.')
  }
}

/** As where nothing listens: what listens and refuses is another matter. */
const unanswered: ReadonlySet<string> = new Set(['unreachable', 'timed_out', 'broken_off'])

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

export async function checkMail({ mail: { smtpUrl }, notices }: Config): Promise<Check> {
  if (smtpUrl === undefined && notices.channel !== 'smtp')
    return ok('mail', 'no mail server: your platform tells people itself')
  if (smtpUrl === undefined)
    return warn('mail', 'no mail server: nobody can be told', 'Set mail.smtpUrl and mail.from.')
  try {
    await within(patienceMs, greet(new URL(smtpUrl)))
    return ok('mail', 'the mail server answers (no mail was sent, no password tried)')
  } catch (error) {
    const words = error instanceof Error && 'code' in error ? String(error.code) : 'it does not speak SMTP'
    return fail('mail', `the mail server does not answer (${words})`, 'Check mail.smtpUrl. Notices wait meanwhile.')
  }
}

export function checkNotices({ environment, notices, server: { publicUrl } }: Config): Check[] {
  if (!notices.enabled)
    return [
      warn(
        'notices',
        'switched off: nobody is told of a report',
        'If they shall be told: set notices.enabled to true, mail.smtpUrl and mail.from.',
      ),
    ]
  const ways = { smtp: 'by mail', webhook: 'by your webhook', pull: 'fetched by your platform' }
  const rules =
    notices.policy.length === 0
      ? ''
      : `; ${counted(notices.policy.length, 'jurisdiction has a rule of its own', 'jurisdictions have rules of their own')}`
  const contact =
    notices.contact === undefined
      ? warn('notices', 'they name nobody to ask', 'Set notices.contact, as support@your.example.')
      : ok('notices', `sent ${notices.delayHours} h after a report, ${ways[notices.channel]}${rules}`)
  return [contact, checkPublicUrl(environment, publicUrl)]
}

function checkPublicUrl(environment: Config['environment'], publicUrl: string | undefined): Check {
  const name = 'public URL'
  const local = publicUrl === undefined || /^(localhost|\[::1\]|127(\.\d+){3})$/.test(new URL(publicUrl).hostname)
  if (!local) return ok(name, publicUrl)
  if (!isProduction(environment)) return ok(name, 'this machine only, as a trial may')
  return fail(name, 'a notice’s link leads to this machine only', 'Set server.publicUrl to where people reach it.')
}

export async function checkPorts({ environment, server, metrics }: Config): Promise<Check[]> {
  const api = await checkPort('port', server.host, server.port, 'server.port', environment)
  if (metrics.port === null) return [api]
  return [api, await checkPort('metrics port', '127.0.0.1', metrics.port, 'metrics.port', undefined)]
}

async function checkPort(
  name: string,
  host: string,
  port: number,
  key: string,
  environment: string | undefined,
): Promise<Check> {
  if (port === 0) return ok(name, 'any free one')
  const code = await bind(host, port)
  if (code === undefined) return ok(name, `${port} of ${host} is free`)
  if (code !== 'EADDRINUSE')
    return fail(
      name,
      `${port} of ${host} cannot be opened (${code})`,
      `Set ${key === 'metrics.port' ? key : 'server.host and server.port'}.`,
    )
  const taken = fail(name, `${port} of ${host} is taken by another program`, `End it, or set ${key} to a free one.`)
  if (environment === undefined)
    return (await speaks(host, port, '/metrics')) ? ok(name, `${port}: /metrics answers there`) : taken
  return (await askReady(host, port, environment)) ?? taken
}

/** Undefined when the port could be taken; it is free again afterwards. */
function bind(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    probe.listen({ host, port }, () => probe.close(() => resolve(undefined)))
  })
}

/** What a Wardline server that runs there says of itself; undefined for any other program. */
async function askReady(host: string, port: number, environment: string): Promise<Check | undefined> {
  try {
    const answer = await fetch(`${origin(host, port)}/readyz`, { signal: AbortSignal.timeout(localPatienceMs) })
    const said = ready.parse(await answer.json())
    if (said.environment !== environment) return undefined
    const wrong = said.checks.filter((check) => !check.ok).map((check) => `${check.name} ${check.words}`)
    if (said.ready) return ok('port', `${port}: a Wardline server runs there and is ready`)
    return fail('port', `${port}: a Wardline server runs there and is not ready`, wrong.join('; '))
  } catch {
    return undefined
  }
}

async function speaks(host: string, port: number, path: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin(host, port)}${path}`, { signal: AbortSignal.timeout(localPatienceMs) })
    return answer.ok && (await answer.text()).includes('wardline_')
  } catch {
    return false
  }
}

function origin(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
