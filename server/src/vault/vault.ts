// The vault keeps evidence and secrets: exact bytes as encrypted objects in a folder, sealed values for other folders'
// columns, and keyed digests for looking them up. Nothing leaves it without a line in the audit trail.
export type { VaultFault } from './fault.ts'
export { confirmKeyCopy, keyCopyConfirmedAt } from './key-copy.ts'
export { liesInside, readMasterKey } from './master-key.ts'
export { type Evidence, openVault, type Preserved, type Vault, type VaultSettings } from './open.ts'
export { openSeals } from './seal.ts'
