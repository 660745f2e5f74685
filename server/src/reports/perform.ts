// The outward call of one step. Never inside a transaction: it may take minutes.
import { type Cybertip, CybertipFault, type Material, perform, type Result, type Upload } from '@wardline/cybertip'
import { type Environment, Fault } from '#base'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { type Draft, type DraftFile, fileOf } from './draft-shape.ts'
import type { FilingCall } from './journal.ts'
import { refuseUnsent } from './purpose.ts'
import { refuseMixed } from './report-id.ts'
import { readDraft, reportRow } from './store.ts'

/**
 * The result is to be journaled, a fault as well. Evidence that does not open is a fault with nothing sent; an altered or
 * missing one asks for a person. Any other failure of ours is thrown.
 */
export async function performCall<E extends Environment>(
  step: FilingCall<E>,
  { client, db, vault }: { readonly client: Cybertip<NoInfer<E>>; readonly db: Connection; readonly vault: Vault },
): Promise<Result> {
  const row = await reportRow(db, step.reportId)
  refuseMixed(row, client.environment)
  refuseUnsent(row)
  const draft = readDraft(vault, step.reportId, row.draft_sealed)
  if (draft === null) throw new Error('a report without a draft is never filed')
  try {
    return await perform(client, step.call, materialOf(step, draft, vault))
  } catch (error) {
    if (error instanceof CybertipFault) return error
    throw error
  }
}

function materialOf({ reportId, xml }: FilingCall, draft: Draft, vault: Vault): Material {
  const document = () => {
    if (xml === undefined) throw new Error('a call that sends a document was begun without one')
    return xml
  }
  return {
    report: document,
    fileDetails: document,
    file: (localId) => evidence(vault, fileOf(draft, localId), reportId),
  }
}

async function evidence(vault: Vault, { vaultId, neutralName }: DraftFile, reportId: string): Promise<Upload> {
  try {
    const opened = await vault.open(vaultId, { actor: 'wardline', why: `upload for ${reportId}` })
    return { fileName: neutralName, sizeBytes: opened.sizeBytes, open: () => opened.stream() }
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    const retry = cause.retry === 'never' || cause.retry === 'ask_a_person' ? 'ask_a_person' : 'later'
    throw new CybertipFault('file_unreadable', { retry, outcome: 'refused', cause })
  }
}
