// A found file in its case: once, however often the same bytes come, each coming noted; the same picture in other bytes is its copy.
import { type Clock, type Id, newId } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { likeness } from './alike.ts'
import { type CaseContext, type FoundFile, type FoundGround, occurrencesKept, readFile, sealFile } from './facts.ts'
import { keptOf } from './kept.ts'

export type Found = {
  readonly sizeBytes: number
  /** As detected from the bytes, when known. */
  readonly mediaType?: string | undefined
  /** Lower-case hex, of the bytes as received. */
  readonly digests: { readonly md5: string; readonly sha1: string; readonly sha256: string }
  readonly pictures: readonly FoundPrint[]
  readonly grounds: readonly FoundGround[]
  readonly why: string
  /** Not all of the file was read, and why, as the decoder names it. */
  readonly unread?: string | undefined
}

/** A picture's print in both flavours; hashes are 32 bytes. */
type FoundPrint = {
  readonly index: number
  readonly fast?: true | undefined
  readonly width: number
  readonly height: number
  readonly commandLine: { readonly hash: Uint8Array; readonly quality: number }
  readonly fullResolution: { readonly hash: Uint8Array; readonly quality: number }
}

type Coming = {
  readonly file: Found
  readonly vaultId: string
  readonly scanId: string
  readonly receivedAt: number
  readonly context: CaseContext
}

/** By which a case knows that it holds the same bytes already. */
export const bytesKey = (vault: Vault, sha256: string): string => vault.keyed('case file sha256', sha256)

/**
 * The file, or one more occurrence of it when the case holds the same bytes already, or a copy of one that shows the same picture. A copy that was lost in the
 * meantime is replaced by the one that has just come: then this is no duplicate, and the fresh copy stays.
 */
export async function addFile(tx: Transaction, clock: Clock, vault: Vault, caseId: string, find: Coming) {
  const sha256 = bytesKey(vault, find.file.digests.sha256)
  const row = await tx
    .selectFrom('case_files')
    .select(['id', 'vault_id', 'facts_sealed'])
    .where('case_id', '=', caseId)
    .where('sha256_hmac', '=', sha256)
    .executeTakeFirst()
  if (row) {
    const more = seenAgain(readFile(vault, row.id, row.facts_sealed), find)
    const duplicate = await vault.holds(tx, row.vault_id)
    await tx
      .updateTable('case_files')
      .set({ facts_sealed: sealFile(vault, row.id, more), ...(duplicate ? {} : { vault_id: find.vaultId }) })
      .where('id', '=', row.id)
      .execute()
    return { fileId: row.id, duplicate }
  }
  const fileId: Id<'file'> = newId('file', clock)
  const copyOf = await originalOf(tx, vault, caseId, find.file)
  await tx
    .insertInto('case_files')
    .values({
      id: fileId,
      case_id: caseId,
      vault_id: find.vaultId,
      sha256_hmac: sha256,
      copy_of: copyOf?.fileId ?? null,
      facts_sealed: sealFile(vault, fileId, { ...factsOf(find), copyOf }),
      added_at: clock.now(),
    })
    .execute()
  return { fileId, duplicate: false, copyOf: copyOf?.fileId }
}

/** The file of the case that shows the same picture, the nearest if there are several. Unseals up to a hundred files. */
async function originalOf(tx: Transaction, vault: Vault, caseId: string, found: Found): Promise<FoundFile['copyOf']> {
  const rows = await tx
    .selectFrom('case_files')
    .select(['id', 'facts_sealed'])
    .where('case_id', '=', caseId)
    .where('copy_of', 'is', null)
    .orderBy('added_at')
    .orderBy('id')
    .execute()
  const alike = rows.flatMap(({ id, facts_sealed }) => {
    const distanceBits = likeness(found, readFile(vault, id, facts_sealed))
    return distanceBits === undefined ? [] : [{ fileId: id, distanceBits }]
  })
  return alike.toSorted((one, other) => one.distanceBits - other.distanceBits)[0]
}

/** The lists may know more of the same bytes than they did: what they say now counts with what they said. */
function seenAgain(facts: FoundFile, { file, scanId, receivedAt, context }: Coming): FoundFile {
  const [first, ...later] = [...facts.occurrences, { scanId, receivedAt, context }]
  if (first === undefined) throw new Error('a file of a case without an occurrence')
  const kept = [first, ...later.slice(-(occurrencesKept - 1))]
  const dropped = 1 + later.length - kept.length
  return {
    ...facts,
    ...keptOf(facts, foundIn(file)),
    // Of the same bytes one whole reading is enough.
    unread: facts.unread === undefined ? undefined : file.unread,
    occurrences: kept,
    furtherOccurrences: facts.furtherOccurrences + dropped,
  }
}

function factsOf({ file, scanId, receivedAt, context }: Coming): FoundFile {
  const { sizeBytes, mediaType, digests, why, unread } = file
  const { md5, sha1, sha256 } = digests
  return {
    sizeBytes,
    mediaType,
    digests: { md5, sha1, sha256 },
    ...keptOf(undefined, foundIn(file)),
    why,
    unread,
    occurrences: [{ scanId, receivedAt, context }],
    furtherOccurrences: 0,
  }
}

function foundIn({ pictures, grounds }: Found): Pick<FoundFile, 'pictures' | 'grounds'> {
  return {
    pictures: pictures.map(({ index, fast, width, height, commandLine, fullResolution }) => ({
      index,
      fast,
      width,
      height,
      commandLine: { hash: Buffer.from(commandLine.hash).toString('hex'), quality: commandLine.quality },
      fullResolution: { hash: Buffer.from(fullResolution.hash).toString('hex'), quality: fullResolution.quality },
    })),
    // Named one by one, so that a list entry's value can never come along.
    grounds: grounds.map((one) => ({
      listId: one.listId,
      source: one.source,
      entryId: one.entryId,
      class: one.class,
      algorithm: one.algorithm,
      distanceBits: one.distanceBits,
      radiusBits: one.radiusBits,
      pictureIndex: one.pictureIndex,
      flavour: one.flavour,
      quality: one.quality,
      members: one.members,
      ...(one.doubted === true && { doubted: one.doubted }),
    })),
  }
}
