// A found file in its case: once, however often the same bytes come, each coming noted.
import { type Clock, type Id, newId } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { type CaseContext, type FoundFile, type FoundGround, occurrencesKept, readFile, sealFile } from './facts.ts'

export type Found = {
  readonly sizeBytes: number
  /** As detected from the bytes, when known. */
  readonly mediaType?: string | undefined
  /** Lower-case hex, of the bytes as received. */
  readonly digests: { readonly md5: string; readonly sha1: string; readonly sha256: string }
  readonly pictures: readonly FoundPrint[]
  readonly grounds: readonly FoundGround[]
  readonly why: string
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

/** The file, or one more occurrence of it when the case holds the same bytes already. */
export async function addFile(tx: Transaction, clock: Clock, vault: Vault, caseId: string, find: Coming) {
  const sha256 = vault.keyed('case file sha256', find.file.digests.sha256)
  const seen = { scanId: find.scanId, receivedAt: find.receivedAt, context: find.context }
  const row = await tx
    .selectFrom('case_files')
    .select(['id', 'facts_sealed'])
    .where('case_id', '=', caseId)
    .where('sha256_hmac', '=', sha256)
    .executeTakeFirst()
  if (row) {
    const facts = readFile(vault, row.id, row.facts_sealed)
    const full = facts.occurrences.length >= occurrencesKept
    const more: FoundFile = full
      ? { ...facts, furtherOccurrences: facts.furtherOccurrences + 1 }
      : { ...facts, occurrences: [...facts.occurrences, seen] }
    await tx
      .updateTable('case_files')
      .set({ facts_sealed: sealFile(vault, row.id, more) })
      .where('id', '=', row.id)
      .execute()
    return { fileId: row.id, duplicate: true }
  }
  const fileId: Id<'file'> = newId('file', clock)
  await tx
    .insertInto('case_files')
    .values({
      id: fileId,
      case_id: caseId,
      vault_id: find.vaultId,
      sha256_hmac: sha256,
      facts_sealed: sealFile(vault, fileId, factsOf(find)),
      added_at: clock.now(),
    })
    .execute()
  return { fileId, duplicate: false }
}

function factsOf({ file, scanId, receivedAt, context }: Coming): FoundFile {
  const { sizeBytes, mediaType, digests, pictures, grounds, why } = file
  const { md5, sha1, sha256 } = digests
  return {
    sizeBytes,
    mediaType,
    digests: { md5, sha1, sha256 },
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
    })),
    why,
    occurrences: [{ scanId, receivedAt, context }],
    furtherOccurrences: 0,
  }
}
