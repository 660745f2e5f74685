// Puts the album's originals on a list of class `test`: their PDQ hashes, and one of them by its SHA-256 as well.
import { importList, readList } from '@wardline/server/lists'
import type { Wardline } from '@wardline/server/main'

/** Answers how many entries the list has. The hashes go from the decoders to the list and nowhere else. */
export async function listOriginals({ ground, river }: Wardline, originals: readonly Uint8Array[]): Promise<number> {
  const rows: string[] = []
  for (const [place, bytes] of originals.entries()) {
    const extracted = await river.decoders.print(bytes)
    const picture = extracted.kind === 'print' ? extracted.print.pictures[0] : undefined
    if (extracted.kind !== 'print' || picture === undefined) throw new Error('a drawn picture did not decode')
    const value = Buffer.from(picture.commandLine.hash).toString('hex')
    rows.push(row(`original-${place + 1}`, 'pdq', value))
    if (place === 0) rows.push(row('original-1-exact', 'sha256', extracted.print.digests.sha256))
  }
  const read = await readList(rows.join('\n'), { format: 'jsonl', listId: 'demo', class: 'test' })
  const { database, vault, clock, config } = ground
  const to = { id: 'demo', class: 'test', environment: config.environment, actor: 'wardline' } as const
  const { entries } = await importList(database, vault, clock, to, read)
  await river.matching.refresh()
  return entries
}

const row = (entryId: string, algorithm: string, value: string) =>
  JSON.stringify({ source: 'the demo', entryId, algorithm, value, class: 'test' })
