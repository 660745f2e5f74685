// A server on loopback that answers as a test says, however wrongly, and remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type Seen = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}
export type Server = AsyncDisposable & { readonly url: string; readonly seen: readonly Seen[] }

/** The answer is given when the whole request has been read. */
export async function answering(answer: (seen: Seen, response: ServerResponse) => void): Promise<Server> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('error', () => response.destroy())
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body: Buffer.concat(pieces) }
      seen.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/ispws`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** An answer in NCMEC's form. */
export function reply(response: ServerResponse, inside: string, status = 200, root = 'reportResponse'): void {
  response.writeHead(status, { 'content-type': 'application/xml;charset=ISO-8859-1', 'request-id': 'request-1' })
  response.end(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><${root}>${inside}</${root}>`)
}

export const code = (n: number) => `<responseCode>${n}</responseCode><responseDescription>words</responseDescription>`
