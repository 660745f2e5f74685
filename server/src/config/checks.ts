// What keys ask of each other, in words. Most of it is one promise: nothing of one environment reaches another.
import { isLoopback, isProduction } from '#base'
import { longestAppealsName } from '#notices'
import { listNameTroubles, listTroubles } from './lists.ts'
import type { Settings } from './schema.ts'

export interface Check {
  readonly path: string
  readonly words: string
}

export function crossCheck(settings: Settings): Check[] {
  return [
    ...rules(settings),
    ...cybertip(settings),
    ...mail(settings),
    ...notices(settings),
    ...letters(settings),
    ...server(settings),
    ...lists(settings),
    ...alerts(settings),
    ...lookUp(settings),
    ...webhooks(settings),
  ]
}

function* rules({ environment, rules }: Settings): Iterable<Check> {
  if (isProduction(environment) && rules.perceptual === undefined)
    yield {
      path: 'rules.perceptual',
      words:
        'is missing; production wants the choice in words: "report" (a near match within rules.reportWithinBits is ' +
        'reported without review) or "review" (a person decides every near match)',
    }
}

function* cybertip({ environment, cybertip }: Settings): Iterable<Check> {
  if (cybertip.baseUrl !== undefined && environment !== 'sandbox')
    yield {
      path: 'cybertip.baseUrl',
      words: `must not be set: in "${environment}" the address is NCMEC's own and fixed; only the sandbox has another`,
    }
  else if (cybertip.baseUrl !== undefined && !isLoopback(new URL(cybertip.baseUrl).hostname))
    yield { path: 'cybertip.baseUrl', words: 'must be on this machine (127.0.0.1, ::1 or localhost)' }
  if (cybertip.username !== undefined && cybertip.password === undefined)
    yield { path: 'cybertip.password', words: 'is missing beside cybertip.username' }
  if (cybertip.password !== undefined && cybertip.username === undefined)
    yield { path: 'cybertip.username', words: 'is missing beside cybertip.password' }
  if (cybertip.username !== undefined && cybertip.reporter === undefined)
    yield { path: 'cybertip.reporter.email', words: 'is missing; NCMEC asks for the address of who reports' }
}

function* mail({ environment, mail }: Settings): Iterable<Check> {
  if (mail.smtpUrl === undefined) {
    if (mail.from !== undefined) yield { path: 'mail.smtpUrl', words: 'is missing beside mail.from' }
    return
  }
  if (mail.from === undefined) yield { path: 'mail.from', words: 'is missing beside mail.smtpUrl' }
  if (!URL.canParse(mail.smtpUrl)) yield { path: 'mail.smtpUrl', words: 'must be a complete URL' }
  else if (!isProduction(environment) && !isLoopback(new URL(mail.smtpUrl).hostname))
    yield {
      path: 'mail.smtpUrl',
      words: 'must be a mailbox on this machine (127.0.0.1, ::1 or localhost): outside production no mail leaves it',
    }
}

/** By whatever way; unset, as soon as there is one. */
export function tellsPeople({ mail, notices }: Pick<Settings, 'mail' | 'notices'>): boolean {
  return notices.enabled ?? (notices.channel !== 'smtp' || mail.smtpUrl !== undefined)
}

function* notices({ environment, mail, notices, server, webhooks }: Settings): Iterable<Check> {
  const named = notices.policy.map(({ jurisdiction }) => jurisdiction)
  for (const [place, name] of named.entries())
    if (named.indexOf(name) < place)
      yield { path: `notices.policy.${place}.jurisdiction`, words: 'has a rule above: one for each jurisdiction' }
  if (!tellsPeople({ mail, notices }) && notices.policy.every(({ notice }) => notice === 'off')) return
  if (notices.channel === 'smtp' && mail.smtpUrl === undefined)
    yield {
      path: 'notices.enabled',
      words:
        'must be false, or mail.smtpUrl and mail.from must be given, or another notices.channel (also for a rule of notices.policy that is "on")',
    }
  if (notices.channel === 'webhook' && webhooks.url === undefined)
    yield { path: 'webhooks.url', words: 'is missing; notices.channel "webhook" sends each notice there' }
  if (isProduction(environment) && server.publicUrl === undefined)
    yield {
      path: 'server.publicUrl',
      words: 'is missing; the link in a notice leads there (or set notices.enabled to false)',
    }
}

function* letters({ environment, appeals: { mail } }: Settings): Iterable<Check> {
  const { imapUrl, address } = mail
  const path = 'appeals.mail.imapUrl'
  if (imapUrl === undefined && address !== undefined) yield { path, words: 'is missing beside appeals.mail.address' }
  if (address === undefined && imapUrl !== undefined)
    yield { path: 'appeals.mail.address', words: 'is missing beside appeals.mail.imapUrl' }
  const name = address?.slice(0, address.lastIndexOf('@')) ?? ''
  if (name.length > longestAppealsName || name.includes('+'))
    yield {
      path: 'appeals.mail.address',
      words: `must have at most ${longestAppealsName} characters before the @, and no "+": a notice’s tag follows there`,
    }
  if (imapUrl === undefined) return
  if (!URL.canParse(imapUrl)) yield { path, words: 'must be a complete URL' }
  else if (new URL(imapUrl).username === '' || new URL(imapUrl).password === '')
    yield { path, words: 'must hold the mailbox’s user and password, as imaps://user:password@mail.example.org' }
  else if (!isProduction(environment) && !isLoopback(new URL(imapUrl).hostname))
    yield { path, words: 'must be on this machine (127.0.0.1, ::1 or localhost) outside production' }
}

function* server({ environment, server, metrics }: Settings): Iterable<Check> {
  if (metrics.port !== null && metrics.port !== 0 && metrics.port === server.port)
    yield { path: 'metrics.port', words: 'must be another port than server.port (or null, for /metrics with a key)' }
  if (!isProduction(environment) || server.publicUrl === undefined) return
  const { protocol, hostname } = new URL(server.publicUrl)
  if (protocol !== 'https:' && !isLoopback(hostname))
    yield { path: 'server.publicUrl', words: 'must start with https:// in production' }
}

function* lists({ environment, lists }: Settings): Iterable<Check> {
  yield* listNameTroubles(Object.keys(lists))
  for (const [id, list] of Object.entries(lists))
    for (const { key, words } of listTroubles(list, environment)) yield { path: `lists.${id}.${key}`, words }
}

function* alerts({ environment, mail, alerts: { email, webhookUrl, secret } }: Settings): Iterable<Check> {
  if (email !== undefined && mail.smtpUrl === undefined)
    yield { path: 'mail.smtpUrl', words: 'is missing; alerts.email is reached through it' }
  const words = 'is missing beside alerts.webhookUrl: who receives an alert must be able to tell that it is ours'
  yield* signed({ environment, secret, address: webhookUrl, group: 'alerts', key: 'webhookUrl', words })
}

/** The operator's own machine: it may have a private address, since no user ever chooses it. */
function* lookUp({ environment, lookUp: { url, secret } }: Settings): Iterable<Check> {
  const words = 'is missing beside lookUp.url: who is asked about an account must be able to tell that it is us'
  yield* signed({ environment, secret, address: url, group: 'lookUp', key: 'url', words })
}

function* webhooks({ environment, webhooks: { url, secrets } }: Settings): Iterable<Check> {
  const words = 'is missing beside webhooks.url: your system must be able to tell that an event is ours'
  const [secret, second] = secrets ?? []
  const group = 'webhooks'
  yield* signed({ environment, secret, address: url, group, key: 'url', secretKey: 'secrets', words })
  if (secret !== undefined && secret === second)
    yield { path: 'webhooks.secrets', words: 'must be two different ones; leave the second out while there is but one' }
}

/** What calls of ours to the operator's own machines have in common. */
function* signed(of: {
  readonly environment: Settings['environment']
  readonly secret: string | undefined
  readonly address: string | undefined
  readonly group: string
  readonly key: string
  readonly secretKey?: string
  readonly words: string
}): Iterable<Check> {
  const { environment, secret, address, group, secretKey = 'secret' } = of
  const path = `${group}.${of.key}`
  if (address !== undefined && secret === undefined) yield { path: `${group}.${secretKey}`, words: of.words }
  if (secret !== undefined && address === undefined) yield { path, words: `is missing beside ${group}.${secretKey}` }
  if (address === undefined) return
  if (!URL.canParse(address)) yield { path, words: 'must be a complete URL' }
  else if (new URL(address).username !== '' || new URL(address).password !== '')
    yield { path, words: 'must not hold a name or a password: the signature says who calls' }
  else if (!isLoopback(new URL(address).hostname)) {
    if (!isProduction(environment))
      yield { path, words: 'must be on this machine (127.0.0.1, ::1 or localhost) outside production' }
    else if (new URL(address).protocol !== 'https:') yield { path, words: 'must start with https://' }
  }
}
