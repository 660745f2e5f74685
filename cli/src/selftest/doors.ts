// The ways by which a platform hands an image to the server, walked as a platform would walk them.
import { type Surface, scanAnswer } from '@wardline/api'
import { systemClock } from '@wardline/server/base'
import { type Drawing, readDrawing } from '@wardline/server/lists'

/** raw: the image is the body. form: a part of multipart/form-data. */
export const doors = ['raw', 'form'] as const
export type Door = (typeof doors)[number]

export interface Path {
  readonly door: Door
  readonly surface: Surface
}

export type Heard =
  | { readonly kind: 'verdict'; readonly scanId: string; readonly verdict: string; readonly ms: number }
  /** In words, with what to do. */
  | { readonly kind: 'trouble'; readonly words: string; readonly todo: string }

export interface Way {
  /** Without a slash at its end. */
  readonly url: string
  readonly key: string
  /** The account that all cards of one self-test come from. */
  readonly account: string
  /** How long the server may take for one image, and for letting us in again, ms. */
  readonly patienceMs: number
}

/** Sends the very bytes of the signed list. */
export async function send(way: Way, { door, surface, card }: Path & { readonly card: Drawing }): Promise<Heard> {
  const bytes = new Uint8Array(readDrawing(card))
  const context = {
    surface,
    service: 'Wardline selftest',
    account: { id: way.account, email: 'selftest@wardline.invalid' },
  }
  const until = systemClock.now() + way.patienceMs
  for (;;) {
    const started = performance.now()
    const response = await fetch(`${way.url}/v1/scans`, {
      ...requests[door](bytes, card, context, way.key),
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(way.patienceMs),
    }).catch((error: unknown) => error)
    const ms = Math.round(performance.now() - started)
    if (!(response instanceof Response)) return silent(response)
    const body: unknown = await response.json().catch(() => undefined)
    const waitMs = 1000 * Number(response.headers.get('retry-after') ?? 1)
    // As a well-behaved platform: the key's limit may be lower than the number of cards.
    if (response.status === 429 && systemClock.now() + waitMs < until) {
      await systemClock.wait(waitMs)
      continue
    }
    const answer = scanAnswer.safeParse(body)
    if (!response.ok || !answer.success) return refused(response.status)
    return { kind: 'verdict', scanId: answer.data.id, verdict: answer.data.verdict, ms }
  }
}

type Request = (
  bytes: Uint8Array<ArrayBuffer>,
  card: Drawing,
  context: object,
  key: string,
) => { headers: Record<string, string>; body: Uint8Array<ArrayBuffer> | FormData }

const requests: Readonly<Record<Door, Request>> = {
  raw: (bytes, { mediaType }, context, key) => ({
    headers: {
      ...authorized(key),
      'content-type': mediaType,
      'wardline-context': encodeURIComponent(JSON.stringify(context)),
    },
    body: bytes,
  }),
  form: (bytes, { file, mediaType }, context, key) => {
    const body = new FormData()
    body.append('context', JSON.stringify(context))
    body.append('file', new Blob([bytes], { type: mediaType }), file)
    return { headers: authorized(key), body }
  },
}

const authorized = (key: string) => ({ authorization: `Bearer ${key}` })

const silent = (error: unknown): Heard => ({
  kind: 'trouble',
  words:
    error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'the server could not be asked',
  todo: 'Look at the server’s log, and at /readyz; --patience gives it longer.',
})

function refused(status: number): Heard {
  const known = refusals[status]
  return {
    kind: 'trouble',
    words: `the server answered ${status}`,
    todo: known ?? 'The server’s log says why, under this status.',
  }
}

const refusals: Readonly<Record<number, string>> = {
  401: 'It does not know a key that was just made: --url leads to another deployment than --config.',
  403: 'Something before the server, a proxy perhaps, refuses this.',
  404: 'What answers at --url is no Wardline server, or a path is missing from it.',
  413: 'The card is larger than server.bodyLimitMb, or a proxy’s limit.',
  429: 'limits.scansPerMinutePerKey is lower than what a self-test sends: give it more --patience.',
  502: 'A proxy does not reach the server.',
  503: 'The server is not ready: ask /readyz.',
}
