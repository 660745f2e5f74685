// What a draft is: the report and, for each file, what is told about it and under which name it goes.
import type { FileDetails, Report } from '@wardline/cybertip'
import type { CaseFile, CaseRecord, Reportable } from '#cases'

/** What was matched of a class that is never reported is not in it, by type. */
export type ToldCase = Omit<CaseRecord, 'files'> & {
  readonly files: readonly Reportable<CaseFile>[]
  /** The CyberTipline's numbers of what was reported of the account before. */
  readonly prior: readonly string[]
}

/** Without the ids that NCMEC gives; they are filled in when they are known. */
export type DraftDetails = Omit<FileDetails, 'reportId' | 'fileId'>

export type DraftFile = {
  /** Ours, of the case. */
  readonly fileId: string
  readonly vaultId: string
  /** What NCMEC sees as the file's name at upload; the user's own name is in `details`. */
  readonly neutralName: string
  readonly md5: string
  readonly details: DraftDetails
}

export type Draft = { readonly report: Report; readonly files: readonly DraftFile[] }

/** The filing knows files by our ids. A throw is a bug. */
export function fileOf(draft: Draft, localId: string): DraftFile {
  const file = draft.files.find((one) => one.fileId === localId)
  if (file === undefined) throw new Error('the filing knows a file that the draft does not')
  return file
}
