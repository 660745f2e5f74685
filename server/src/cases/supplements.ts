// The words around a found image (a conversation, a prompt): evidence of its case, kept once however often they come.
import { createHash } from 'node:crypto'
import { type Supplement, supplementKinds } from '@wardline/api'
import { z } from 'zod'
import { type Clock, type Id, newId } from '#base'
import type { Connection, Transaction } from '#db'
import type { Preserved, Vault } from '#vault'

const facts = z.strictObject({
  kind: z.enum(supplementKinds),
  mediaType: z.enum(['text/plain', 'application/json']),
  sizeBytes: z.int(),
  md5: z.string(),
  /** When they were first received, epoch ms. */
  receivedAt: z.int(),
})

export type CaseSupplement = z.infer<typeof facts> & {
  readonly id: string
  readonly vaultId: string
  readonly scanId: string
}

/** A conversation that grows comes whole each time: what a report can carry ends somewhere, and the case counts the rest. */
const supplementsInCase = 50

export const supplementBytes = ({ text }: Supplement): Uint8Array => Buffer.from(text, 'utf8')

/** The preserved bytes become the case's, or are destroyed when it holds the same already, or no more are kept. */
export async function addSupplement(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  coming: {
    readonly caseId: string
    readonly scanId: string
    readonly receivedAt: number
    readonly supplement: Supplement
    readonly object: Preserved
  },
): Promise<void> {
  const { caseId, scanId, receivedAt, supplement, object } = coming
  await vault.record(tx, object)
  const key = vault.keyed('case supplement', `${supplement.kind}\n${supplement.text}`)
  const rows = await tx
    .selectFrom('case_supplements')
    .select(['id', 'vault_id', 'text_hmac'])
    .where('case_id', '=', caseId)
    .execute()
  const same = rows.find((row) => row.text_hmac === key)
  if (same && (await vault.holds(tx, same.vault_id)))
    return vault.destroy(tx, object.id, 'the case already holds the same supplement')
  // A copy that was lost in the meantime is replaced by the one that has just come.
  if (same) {
    await tx.updateTable('case_supplements').set({ vault_id: object.id }).where('id', '=', same.id).execute()
    return
  }
  if (rows.length >= supplementsInCase) {
    await tx
      .updateTable('cases')
      .set((eb) => ({ further_supplements: eb('further_supplements', '+', 1) }))
      .where('id', '=', caseId)
      .execute()
    return vault.destroy(tx, object.id, 'the case holds as many supplements as are kept')
  }
  const id: Id<'supplement'> = newId('supplement', clock)
  const bytes = supplementBytes(supplement)
  const { kind, mediaType } = supplement
  const md5 = createHash('md5').update(bytes).digest('hex')
  const known: z.infer<typeof facts> = { kind, mediaType, sizeBytes: bytes.byteLength, md5, receivedAt }
  await tx
    .insertInto('case_supplements')
    .values({
      id,
      case_id: caseId,
      vault_id: object.id,
      scan_id: scanId,
      text_hmac: key,
      facts_sealed: vault.sealJson(`case_supplements.facts_sealed:${id}`, known),
      added_at: clock.now(),
    })
    .execute()
}

/** Oldest first. */
export async function readSupplements(
  db: Connection,
  vault: Vault,
  caseId: string,
): Promise<readonly CaseSupplement[]> {
  const rows = await supplementRows(db, caseId)
  return rows.map((row) => ({
    id: row.id,
    vaultId: row.vault_id,
    scanId: row.scan_id,
    ...facts.parse(vault.unsealJson(`case_supplements.facts_sealed:${row.id}`, row.facts_sealed)),
  }))
}

function supplementRows(db: Connection, caseId: string) {
  return db
    .selectFrom('case_supplements')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('added_at')
    .orderBy('id')
    .execute()
}
