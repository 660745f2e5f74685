// Whether the evidence that the database knows lies in its folder, whole as far as its size tells (docs/formats/vault-object.md).
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { type Check, fail, ok } from './check.ts'

const page = 500
/** Ids are named so that somebody can look; a whole lost disk needs no list. */
const mostNamed = 5

/**
 * Looks at names and sizes only, of every object. It opens none: that would leave a line in the audit trail as though
 * somebody had looked at it.
 */
export async function checkEvidence({ data }: Config, { read }: Database): Promise<Check> {
  const missing: string[] = []
  const odd: string[] = []
  let count = 0
  let after = ''
  for (;;) {
    const rows = await read
      .selectFrom('vault_objects')
      .select(['id', 'size_bytes'])
      .where('state', '=', 'stored')
      .where('id', '>', after)
      .orderBy('id')
      .limit(page)
      .execute()
    for (const { id, size_bytes: sizeBytes } of rows) {
      const found = await stat(join(data, 'vault', 'objects', id.slice(-2), id)).catch(() => undefined)
      if (found === undefined) missing.push(id)
      else if (found.size !== fileBytes(Number(sizeBytes))) odd.push(id)
    }
    count += rows.length
    after = rows.at(-1)?.id ?? ''
    if (rows.length < page) return verdict(count, missing, odd)
  }
}

function verdict(count: number, missing: readonly string[], odd: readonly string[]): Check {
  const name = 'evidence'
  if (missing.length + odd.length === 0)
    return ok(name, `${count} files, all there and of the right size (none was opened)`)
  const words = [
    ...(missing.length > 0 ? [`${missing.length} of ${count} files missing: ${some(missing)}`] : []),
    ...(odd.length > 0 ? [`${odd.length} of ${count} files of a wrong size: ${some(odd)}`] : []),
  ]
  return fail(name, words.join('; '), 'Is the disk mounted, and `data` right? Else restore them from a backup, soon.')
}

/** A header of 8 bytes, and for each 64 KiB, the last one begun included, a tag of 16. */
function fileBytes(sizeBytes: number): number {
  return 8 + sizeBytes + 16 * Math.max(1, Math.ceil(sizeBytes / 65_536))
}

const some = (ids: readonly string[]): string =>
  ids.slice(0, mostNamed).join(', ') + (ids.length > mostNamed ? ', ...' : '')
