// Uploads bytes made on the way to a server that counts them, and watches this process's memory.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openCybertip } from '../client/client.ts'

export type Measured = { readonly sentBytes: number; readonly growthMb: number; readonly seconds: number }

/** growthMb: the most by which the resident memory stood above what it was before. */
export async function largeUpload(sizeBytes: number): Promise<Measured> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('counting.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(child.stdout, 'data')
    const client = openCybertip({ environment: 'sandbox', baseUrl: String(line).trim(), username: 'u', password: 'p' })
    const watch = { beforeMb: 0, mostMb: 0 }
    const file = { fileName: 'a', sizeBytes, open: () => pieces(sizeBytes, watch) }
    const started = performance.now()
    const result = await client.upload('7', file)
    if (result.kind === 'fault') throw result
    const received = /<responseDescription>(\d+)</.exec(new TextDecoder().decode(result.rawXml))?.[1]
    if (Number(received) < sizeBytes) throw new Error('the server counted less than was sent')
    const seconds = (performance.now() - started) / 1000
    return { sentBytes: result.sentBytes, growthMb: Math.round(watch.mostMb - watch.beforeMb), seconds }
  } finally {
    child.stdin.end()
    await once(child, 'exit')
  }
}

async function* pieces(sizeBytes: number, watch: { beforeMb: number; mostMb: number }): AsyncGenerator<Uint8Array> {
  // The same few pieces again and again: what is measured is what the client keeps, not what this source throws away.
  const ring = Array.from({ length: 64 }, (_, n) => new Uint8Array(pieceBytes).fill(n))
  watch.beforeMb = process.memoryUsage.rss() / 2 ** 20
  for (let left = sizeBytes; left > 0; left -= pieceBytes) {
    const piece = ring[(left / pieceBytes) & 63] ?? new Uint8Array(pieceBytes)
    yield piece.subarray(0, Math.min(pieceBytes, left))
    watch.mostMb = Math.max(watch.mostMb, process.memoryUsage.rss() / 2 ** 20)
  }
}

const pieceBytes = 64 * 1024
