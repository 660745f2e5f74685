// The evidence of a backup: every object that its database knows, as a link to the backup before where nothing changed, else as a copy.
import { link, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#base'
import type { Database } from '#db'
import { shardOf } from '#vault'
import { copyDurably } from './copy.ts'
import { writeLines } from './lines.ts'
import type { Manifest } from './manifest.ts'
import { type ListedObject, objectIn, objectsOf } from './verify.ts'

/** Answers once all are durable. `former`: the backup before, whose unchanged objects are linked to. Fault `evidence_missing`. */
export async function copyObjects(
  {
    database,
    folder,
    say,
  }: {
    readonly database: Database
    /** The vault's. */
    readonly folder: string
    readonly say?: ((words: string) => void) | undefined
  },
  part: string,
  ids: readonly string[],
  former: string | undefined,
): Promise<Pick<Manifest, 'objects' | 'destroyedMeanwhile'>> {
  // A former backup whose list is damaged must not stand in the way of a good one: then everything is copied.
  const known = former === undefined ? new Map<string, ListedObject>() : await listedIn(former).catch(whereDamaged)
  const destroyedMeanwhile: string[] = []
  let [count, objectBytes] = [0, 0]
  const copying = async function* (): AsyncGenerator<ListedObject> {
    for (const id of ids) {
      const one = await copyOne({ id, folder, part, former, known: known.get(id) })
      if (one === undefined) {
        await refuseMissing(database, id)
        destroyedMeanwhile.push(id)
        continue
      }
      count += 1
      objectBytes += one.bytes
      if (count % 10_000 === 0) say?.(`${count} of ${ids.length} objects`)
      yield one
    }
  }
  const written = await writeLines(join(part, 'objects.jsonl.gz'), copying())
  return { objects: { ...written, count, objectBytes }, destroyedMeanwhile }
}

/** Undefined when the file is not there any more. */
async function copyOne({
  id,
  folder,
  part,
  former,
  known,
}: {
  readonly id: string
  readonly folder: string
  readonly part: string
  readonly former: string | undefined
  readonly known: ListedObject | undefined
}): Promise<ListedObject | undefined> {
  const [from, to] = [objectIn(folder, id), objectIn(part, id)]
  const size = await stat(from).then((file) => file.size, goneMeanwhile)
  if (size === undefined) return undefined
  await mkdir(shardOf(part, id), { recursive: true, mode: 0o700 })
  // An object's bytes change only when it is sealed anew, and then its time does.
  if (former !== undefined && known?.bytes === size && (await sameTime(from, objectIn(former, id)))) {
    const linked = await link(objectIn(former, id), to).then(
      () => true,
      () => false,
    )
    if (linked) return known
  }
  return copyDurably(from, to).then((tally) => ({ id, ...tally }), goneMeanwhile)
}

function goneMeanwhile(cause: unknown): undefined {
  if (Object(cause).code === 'ENOENT') return undefined
  throw cause
}

function whereDamaged(cause: unknown): Map<string, ListedObject> {
  if (cause instanceof Fault && cause.code === 'backup_altered') return new Map()
  throw cause
}

async function sameTime(one: string, other: string): Promise<boolean> {
  try {
    return Math.abs((await stat(one)).mtimeMs - (await stat(other)).mtimeMs) < 1_000
  } catch {
    return false
  }
}

async function listedIn(former: string): Promise<Map<string, ListedObject>> {
  const known = new Map<string, ListedObject>()
  for await (const one of objectsOf(former)) known.set(one.id, one)
  return known
}

/** Gone is right only for what was destroyed; anything else is evidence that somebody lost. */
async function refuseMissing({ read }: Database, id: string): Promise<void> {
  const row = await read.selectFrom('vault_objects').select('state').where('id', '=', id).executeTakeFirst()
  if (row?.state === 'destroyed') return
  throw new Fault(
    'evidence_missing',
    `the file of ${id} is not in the vault's folder, and it was never destroyed: restore it from an older backup first; nothing was written`,
    { retry: 'ask_a_person' },
  )
}
