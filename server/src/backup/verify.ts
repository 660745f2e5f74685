// Is a backup whole and unaltered? Every file's digest is compared with what the manifest and its lists say.
import { join } from 'node:path'
import { z } from 'zod'
import type { OpenKeys } from '#vault'
import { shardOf } from '#vault'
import { readLines, tallyOf } from './lines.ts'
import { altered, type Manifest, readManifest } from './manifest.ts'

const listed = z.strictObject({
  id: z.string().regex(/^evidence_[0-9a-z]{28}$/),
  bytes: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type ListedObject = z.infer<typeof listed>

/** Where an object lies below a backup, or below a vault's folder. */
export const objectIn = (root: string, id: string): string => join(shardOf(root, id), id)

/** Reads all of it. Faults `no_backup`, `backup_altered` naming the file, `newer_version`, `key_missing`. */
export async function verifyBackup(folder: string, keys?: OpenKeys): Promise<Manifest> {
  const manifest = await readManifest(folder, keys)
  await compare(folder, 'database.jsonl.gz', manifest.database)
  await compare(folder, 'objects.jsonl.gz', manifest.objects)
  await compare(folder, 'deployment', manifest.deployment)
  for (const { name, ...log } of manifest.logbook) await compare(folder, join('logbook', name), log)
  let [count, bytes] = [0, 0]
  for await (const one of objectsOf(folder)) {
    await compare(folder, objectIn('', one.id), one)
    count += 1
    bytes += one.bytes
  }
  if (count !== manifest.objects.count || bytes !== manifest.objects.objectBytes)
    throw altered('objects.jsonl.gz', 'it lists other objects than the manifest counts')
  return manifest
}

/** One after the other; the list itself has been compared before. */
export async function* objectsOf(folder: string): AsyncGenerator<ListedObject> {
  for await (const line of readLines(join(folder, 'objects.jsonl.gz'), 'objects.jsonl.gz')) {
    const { success, data } = listed.safeParse(line)
    if (!success) throw altered('objects.jsonl.gz', 'it is not what Wardline writes')
    yield data
  }
}

async function compare(
  folder: string,
  name: string,
  expected: { readonly bytes: number; readonly sha256: string },
): Promise<void> {
  const found = await tallyOf(join(folder, name))
  if (found === undefined) throw altered(name, 'it is not there')
  if (found.bytes !== expected.bytes) throw altered(name, `it has ${found.bytes} bytes instead of ${expected.bytes}`)
  if (found.sha256 !== expected.sha256) throw altered(name, 'its bytes are not those that were written')
}
