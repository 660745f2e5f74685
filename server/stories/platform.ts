// A platform's own endpoint for stories: it believes nothing that is not signed, and says what it is told to say.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'

export const secretOf = (seed: number) => `whsec_${Buffer.alloc(32, seed).toString('base64')}`

export interface Heard {
  readonly id: string
  readonly body: string
  readonly event: { readonly id: string; readonly number: number; readonly type: string; readonly isTest: boolean } & {
    readonly data: Readonly<Record<string, unknown>>
  }
}

/** now: the world's clock, since a signature that is older than five minutes is refused. secret: the one that it knows. */
export async function openPlatform({ now, secret = secretOf(7) }: { now: () => number; secret?: string }) {
  const heard: Heard[] = []
  const state = { secret, status: 204, headers: {} as Record<string, string>, hangs: false, tries: 0, refused: 0 }
  const verified = (body: string, headers: Record<string, string>): boolean => {
    // The package asks the machine's own clock.
    vi.useFakeTimers({ toFake: ['Date'], now: now() })
    try {
      new Webhook(state.secret).verify(body, headers)
      return true
    } catch {
      return false
    } finally {
      vi.useRealTimers()
    }
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    state.tries += 1
    if (state.hangs) return
    if (!verified(body, request.headers as Record<string, string>)) {
      state.refused += 1
      response.writeHead(401).end('who are you? SECRET-OF-THE-PLATFORM')
      return
    }
    if (state.status < 300) heard.push({ id: String(request.headers['webhook-id']), body, event: JSON.parse(body) })
    response.writeHead(state.status, state.headers).end('SECRET-OF-THE-PLATFORM')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    heard,
    state,
    url: `http://127.0.0.1:${port}/wardline`,
    /** Types in the order in which they came, each once. */
    types: () => [...new Map(heard.map(({ id, event }) => [id, event.type])).values()],
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
