// How an appeal's words are sealed.
import type { Vault } from '#vault'

export const sealWords = (vault: Vault, appealId: string, words: string) =>
  vault.seal(`appeals.words_sealed:${appealId}`, words)

export const readWords = (vault: Vault, appealId: string, sealed: Uint8Array): string =>
  vault.unseal(`appeals.words_sealed:${appealId}`, sealed).toString('utf8')
