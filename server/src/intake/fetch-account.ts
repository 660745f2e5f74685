// Asks the operator's own system about an account: one signed POST of ids, one answer of bounded size in our own schema.
// It goes to the configured address and nowhere else. That address may be a private one: the operator chose it, no user did.
import { type Account, type AccountQuestion, accountAnswer } from '@wardline/api'
import { addressProblem } from '@wardline/cybertip'
import { type Clock, type Environment, Fault, isProduction, signWebhook } from '#base'

export interface LookUpSettings {
  readonly url: string
  /** `whsec_` and base64. */
  readonly secret: string
  readonly timeoutMs: number
  /** How long a report waits for the answer at most, from the match on. */
  readonly waitMs: number
}

export type LookUpFaultCode =
  | 'look_up_address_refused'
  | 'look_up_unreachable'
  | 'look_up_failed'
  | 'look_up_answer_odd'

/** Also what the schema takes of one account, with room for white space. */
const mostBytes = 128 * 1024
const mostCharacters = 32_768

export interface Asked {
  /** The same for each try. */
  readonly id: string
  readonly caseId: string
  readonly accountId: string
  readonly organisationId: string | undefined
  readonly scanIds: readonly string[]
}

/**
 * The account as it was answered; null when there is no such account. Every other end is a Fault in words that hold nothing of the
 * answer: tried again, since whoever runs that system may mend it.
 */
export async function fetchAccount(
  settings: LookUpSettings,
  { clock, environment }: { readonly clock: Clock; readonly environment: Environment },
  asked: Asked,
  signal: AbortSignal,
): Promise<Account | null> {
  const url = reachable(settings.url, environment)
  const body = JSON.stringify(questionOf(asked, clock, environment))
  const late = AbortSignal.timeout(settings.timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      // Elsewhere nobody was asked to go, and the ids belong to one machine.
      redirect: 'manual',
      headers: {
        ...signWebhook(clock, { secrets: [settings.secret], id: asked.id, body }),
        accept: 'application/json',
        'accept-encoding': 'identity',
      },
      body,
      signal: AbortSignal.any([signal, late]),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw fault('look_up_failed', `the account look-up was not answered with 200 (${response.status})`)
    }
    return accountIn(await readAll(response), asked)
  } catch (error) {
    if (error instanceof Fault) throw error
    // fetch's own errors quote the address, and an address may hold a token.
    if (late.aborted) throw fault('look_up_unreachable', 'the account look-up took too long')
    throw fault('look_up_unreachable', 'the account look-up does not answer')
  }
}

function questionOf(
  { caseId, accountId, organisationId, scanIds }: Asked,
  clock: Clock,
  environment: Environment,
): AccountQuestion {
  const account = { id: accountId, ...(organisationId === undefined ? {} : { organisation: organisationId }) }
  const data = { environment, case: caseId, account, scans: [...scanIds] }
  return { type: 'account.look_up', timestamp: new Date(clock.now()).toISOString(), data }
}

/** Nothing made in a test, and nothing outside production, reaches a machine but this one. */
function reachable(address: string, environment: Environment): URL {
  const url = new URL(address)
  if (/^(localhost|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.test(url.hostname)) return url
  if (!isProduction(environment))
    throw refused('outside production accounts are looked up on this machine only (127.0.0.1, ::1 or localhost)')
  if (url.protocol !== 'https:') throw refused('accounts are looked up over https only')
  if (addressProblem('production', 'https://report.cybertip.org/ispws') === 'under_tests')
    throw refused('under tests accounts are looked up on this machine only')
  return url
}

async function readAll(response: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of response.body ?? []) {
    sizeBytes += piece.byteLength
    if (sizeBytes > mostBytes) throw odd(`was longer than ${mostBytes / 1024} KB`)
    pieces.push(piece)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces, sizeBytes))
  } catch {
    throw odd('was not UTF-8')
  }
}

function accountIn(text: string, { accountId, organisationId }: Asked): Account | null {
  const parsed = accountAnswer.safeParse(json(text))
  if (!parsed.success) {
    // Places in our schema only: a key that is not known is the stranger's own text.
    const places = parsed.error.issues.map(({ path }) => path.map(String).join('.') || 'the whole')
    throw odd(`does not fit the schema at: ${[...new Set(places)].slice(0, 10).join(', ')}`)
  }
  const { account } = parsed.data
  if (account === null) return null
  if (account.id !== accountId) throw odd('is about another account than was asked for')
  if (account.organisation !== undefined && account.organisation.id !== (organisationId ?? account.organisation.id))
    throw odd('names another organisation than was asked for')
  if (JSON.stringify(account).length > mostCharacters) throw odd(`was longer than ${mostCharacters} characters of JSON`)
  return account
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words would quote the text.
    throw odd('was not JSON')
  }
}

const odd = (words: string) => fault('look_up_answer_odd', `the answer of the account look-up ${words}`)
const refused = (words: string) => fault('look_up_address_refused', words)
const fault = (code: LookUpFaultCode, words: string) => new Fault(code, words, { retry: 'later' })
