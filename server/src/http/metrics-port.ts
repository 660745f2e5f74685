// /metrics on a loopback port of its own: whoever is on this machine may read counts, nobody else can ask.
import { createServer } from 'node:http'
import type { Log } from '#base'
import { listen } from './listen.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsPort {
  readonly url: string
  close(): Promise<void>
}

export async function openMetricsPort(port: number, metrics: Metrics, log: Log): Promise<MetricsPort> {
  const server = createServer((request, response) => {
    const known = request.url === '/metrics' && (request.method === 'GET' || request.method === 'HEAD')
    if (!known) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('only GET /metrics\n')
      return
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        log.error({ error }, 'the metrics could not be read')
        response.writeHead(500, { 'content-type': 'text/plain' }).end('the metrics could not be read\n')
      },
    )
  })
  const host = '127.0.0.1'
  const bound = await listen(server, { host, port, key: 'metrics.port' })
  return {
    url: `http://${host}:${bound}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
