// The operator's own machine in a story: it hears what alerts a server sends, and takes them all.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export async function listenForHooks() {
  const bodies: unknown[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    bodies.push(JSON.parse(text))
    response.end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    bodies,
    /** The configuration's section. */
    alerts: { webhookUrl: `http://127.0.0.1:${port}/hook`, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
