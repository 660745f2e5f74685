// What lies around a match is kept with it: preserved before the transaction, one set of copies for each case, so that a case
// is destroyed whole. Of what does not match nothing is kept.
import type { Supplement } from '@wardline/api'
import { addSupplement, supplementBytes } from '#cases'
import type { Transaction } from '#db'
import type { Preserved } from '#vault'
import type { River } from './river.ts'

type Ground = Pick<River, 'vault' | 'clock'>

export interface Copy {
  readonly supplement: Supplement
  readonly object: Preserved
}

/** One set of copies. Whatever was preserved before a failure is discarded. */
export async function preserveAround(
  { vault }: Pick<Ground, 'vault'>,
  supplements: readonly Supplement[],
): Promise<readonly Copy[]> {
  const copies: Copy[] = []
  try {
    for (const supplement of supplements)
      copies.push({ supplement, object: await vault.preserve(supplementBytes(supplement)) })
    return copies
  } catch (error) {
    await discardAround({ vault }, copies)
    throw error
  }
}

/** Only before the transaction, or when it is certain that none of them is in it. */
export async function discardAround({ vault }: Pick<Ground, 'vault'>, copies: readonly Copy[]): Promise<void> {
  for (const { object } of copies) await vault.discard(object).catch(() => {})
}

/** In the transaction that makes the finds known. */
export async function keepAround(
  { vault, clock }: Ground,
  tx: Transaction,
  copies: readonly Copy[],
  coming: { readonly caseId: string; readonly scanId: string; readonly receivedAt: number },
): Promise<void> {
  for (const copy of copies) await addSupplement(tx, clock, vault, { ...coming, ...copy })
}
