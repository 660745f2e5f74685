// For tests: decoder programs that do other than ours, and pools of them that close themselves.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { roomy } from '../../extract/testing.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
export const settings = { ...roomy, deadlineMs: 60_000, memoryMb: 2048, log: quiet }

export const inlet = new URL('../inlet.ts', import.meta.url).href

/** Decoders that read images so far as to die, or to hang, of one kind of them. */
export function crashesOn(text: string): string {
  return decoderThat(`if (bytes.toString() === ${JSON.stringify(text)}) process.kill(process.pid, 'SIGSEGV')`)
}

export function hangsOn(text: string): string {
  return decoderThat(`if (bytes.toString() === ${JSON.stringify(text)}) for (;;);`)
}

/**
 * It says that it begins, does `act` with the \`bytes\` of each image, and if that leaves it alive says that nothing decodes
 * and does `after`. `before` comes before it begins.
 */
export function decoderThat(act: string, { before = '', after = '' } = {}): string {
  const file = join(mkdtempSync(join(tmpdir(), 'wardline-decoder-')), 'decoder.mjs')
  const digests = JSON.stringify({ md5: '0'.repeat(32), sha1: '0'.repeat(40), sha256: '0'.repeat(64) })
  writeFileSync(
    file,
    `import { openInlet } from ${JSON.stringify(inlet)}
     process.on('disconnect', () => process.exit())
     openInlet(({ kind }, bytes) => {
       if (kind === 'forget') return
       ${before}
       process.send([{ kind: 'begun' }])
       ${act}
       process.send([{ kind: 'digests', digests: ${digests} }, { kind: 'undecodable', why: 'nothing_decodes' }])
       ${after}
     }, () => process.exit())
     process.send([{ kind: 'ready' }])`,
  )
  return file
}

export function disposable<T extends { close(): Promise<void> }>(pool: T): T & AsyncDisposable {
  return { ...pool, [Symbol.asyncDispose]: () => pool.close() }
}
