/** A server that nobody should ever call: links and redirects lie their way here, and it writes down who came, and with what. */
import { createServer } from 'node:http'
import type { Listening } from '../net/loopback.ts'
import { authority, listen } from '../net/loopback.ts'

export interface StrangerCall {
  readonly method: string
  /** The path without its query: a query may hold a token. */
  readonly path: string
  /** Whether an Authorization header, user information or an access token came along. */
  readonly withCredentials: boolean
}

export interface Stranger {
  /** e.g. http://127.0.0.1:40126 */
  readonly origin: string
  readonly port: number
  calls(): readonly StrangerCall[]
  close(): Promise<void>
}

export const startStranger = async (options: Listening): Promise<Stranger> => {
  const calls: StrangerCall[] = []
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const withCredentials = request.headers.authorization !== undefined || query.includes('access_token')
    calls.push({ method: request.method ?? '', path, withCredentials })
    request.resume()
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.end('the sandbox: you should not have come here')
  })
  const { host, port } = await listen(server, { ...options, port: 0 })
  return {
    origin: `http://${authority(host, port)}`,
    port,
    calls: () => [...calls],
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
