// How the vault fails, in words that say what to do.
import { Fault, type Retry } from '#base'

export type VaultFaultCode =
  | 'key_missing'
  | 'key_away'
  | 'key_wrong'
  | 'key_exposed'
  | 'key_unreadable'
  | 'key_misplaced'
  | 'key_copy_refused'
  | 'key_needed'
  | 'rotation_under_way'
  | 'rotation_waits'
  | 'seal_broken'
  | 'folder_foreign'
  | 'vault_full'
  | 'vault_unwritable'
  | 'evidence_unknown'
  | 'evidence_missing'
  | 'evidence_altered'
  | 'evidence_destroyed'
  | 'evidence_kept'

export type VaultFault = Fault<VaultFaultCode>

export function fault(code: VaultFaultCode, words: string, retry: Retry, cause?: unknown): VaultFault {
  return new Fault<VaultFaultCode>(code, words, { retry, cause })
}

/**
 * The key in use is not here, so nothing may be sealed: `file`, the name that it must have beside the key file. Not `key_missing`:
 * requests meet it, and over HTTP that says that the caller's own key is not there.
 */
export function lacking(fingerprint: string, file: string): VaultFault {
  const words =
    `the vault is sealed under a key that is not on this machine (fingerprint ${fingerprint}): bring its file here, beside the ` +
    `key file, named ${file}; until then this machine seals and opens nothing`
  return fault('key_away', words, 'later')
}

/** The key that a sealed value names is not here; it may come. */
export function keyAway(place: string, fingerprint: string): VaultFault {
  const words =
    `a sealed value of ${place} does not open: its key (${fingerprint}) is not beside the key file, or it was altered; ` +
    'bring that key, `wardline vault status` shows which there are'
  return fault('seal_broken', words, 'later')
}

/** A sealed value of a `table.column` that does not open. */
export function broken(place: string, why = 'it was altered, moved, or sealed with another key', cause?: unknown) {
  return fault('seal_broken', `a sealed value of ${place} does not open: ${why}`, 'ask_a_person', cause)
}

/** The operating system's code of a failed call, `ENOSPC`, or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What is wrong with a place that the operator named, in words; the bare code only where there are none for it. */
export function placeWords(error: unknown): string {
  const code = systemCode(error) ?? 'unknown'
  return places[code] ?? `the system says ${code}`
}

const places: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder, and a file is wanted',
  EACCES: 'this user may not use that place',
  EPERM: 'this user may not use that place',
  EROFS: 'that disk can only be read',
  ENOSPC: 'that disk is full',
  EDQUOT: 'this user’s share of that disk is full',
}

/** ENOSPC: disk full; EDQUOT: the user's quota; EFBIG: the file size limit of the process or the file system. */
const full = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** The fault for a failed write; anything that is no answer of the operating system is a bug and stays as it is. */
export function writeFault(cause: unknown): unknown {
  const code = systemCode(cause)
  if (code === undefined) return cause
  return full.includes(code)
    ? fault('vault_full', `the evidence folder has no room (${code}): free or add disk space`, 'later', cause)
    : fault(
        'vault_unwritable',
        `the evidence folder cannot be written (${code}): check disk and rights`,
        'later',
        cause,
      )
}
