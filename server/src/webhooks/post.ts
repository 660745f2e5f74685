// One event to the platform's own machine: one POST, signed as Standard Webhooks has it, to the configured address and nowhere else.
import { addressProblem } from '@wardline/cybertip'
import { type Clock, type Environment, Fault, isProduction, signWebhook } from '#base'

export interface WebhookSettings {
  readonly url: string
  /** One or two of `whsec_` and base64. With two each event carries both signatures, so that a receiver can change its own. */
  readonly secrets: readonly string[]
  /** 15 s when left out. */
  readonly patienceMs?: number | undefined
}

export type PostOutcome =
  | { readonly kind: 'taken'; readonly status: number }
  /** words: ours, safe to show. What the other side answered is not read. */
  | {
      readonly kind: 'not_taken'
      readonly words: string
      readonly status: number | null
      readonly retryAfterMs: number | undefined
    }

const longestAnswerMs = 15_000
/** Nobody holds events back for longer by a Retry-After. */
const longestWaitMs = 3_600_000

/** `signal` aborts when the server stops: then the fetch's error is thrown, and the try does not count. */
export async function post(
  { url: address, secrets, patienceMs = longestAnswerMs }: WebhookSettings,
  { clock, environment }: { readonly clock: Clock; readonly environment: Environment },
  { id, body }: { readonly id: string; readonly body: string },
  signal?: AbortSignal,
): Promise<PostOutcome> {
  const late = AbortSignal.timeout(patienceMs)
  try {
    const response = await fetch(reachable(address, environment), {
      method: 'POST',
      // Elsewhere nobody was asked to go.
      redirect: 'manual',
      headers: { ...signWebhook(clock, { secrets, id, body }), 'accept-encoding': 'identity' },
      body,
      signal: signal ? AbortSignal.any([signal, late]) : late,
    })
    const { status, headers } = response
    // Not read: nothing a stranger writes is kept here.
    await response.body?.cancel().catch(() => {})
    if (status >= 200 && status < 300) return { kind: 'taken', status }
    const retryAfterMs = waitOf(headers.get('retry-after'), clock)
    return { ...notTaken(wordsFor(status, retryAfterMs !== undefined)), status, retryAfterMs }
  } catch (error) {
    if (signal?.aborted) throw error
    if (error instanceof Fault) return notTaken(error.message)
    // fetch's own errors quote the address, and an address may hold a token.
    return notTaken(
      late.aborted ? `the webhook did not answer within ${patienceMs / 1000} s` : 'the webhook does not answer',
    )
  }
}

const notTaken = (words: string) => ({ kind: 'not_taken', words, status: null, retryAfterMs: undefined }) as const

function wordsFor(status: number, asksToWait: boolean): string {
  if (status === 410) return 'the webhook says that it is gone (410)'
  if (status >= 300 && status < 400) return `the webhook sends us elsewhere (${status}), and we do not go`
  if (status === 401 || status === 403) return `the webhook refuses us (${status}): perhaps it knows another secret`
  if (status === 429 || status === 503)
    return asksToWait ? `the webhook asks to wait (${status})` : `the webhook answered ${status}`
  return `the webhook did not take it (${status})`
}

/** Seconds or a date, as HTTP has it. */
function waitOf(text: string | null, clock: Clock): number | undefined {
  if (text === null) return undefined
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - clock.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(longestWaitMs, ms) : undefined
}

/** Nothing made in a test, and nothing outside production, reaches a machine but this one. */
function reachable(address: string, environment: Environment): URL {
  if (!URL.canParse(address)) throw refused('webhooks.url is no complete URL')
  const url = new URL(address)
  if (/^(localhost|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.test(url.hostname)) return url
  if (!isProduction(environment))
    throw refused('outside production events go to this machine only (127.0.0.1, ::1 or localhost)')
  if (url.protocol !== 'https:') throw refused('events go over https only')
  if (addressProblem('production', 'https://report.cybertip.org/ispws') === 'under_tests')
    throw refused('under tests events go to this machine only')
  return url
}

const refused = (words: string) => new Fault('webhook_address_refused', words, { retry: 'later' })
