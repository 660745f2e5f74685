// Where a filing stands, in the few words the table and an operator have for it.
import type { FilingState, Why } from '@wardline/cybertip'

export type ReportState = 'filing' | 'finished' | 'needs_person' | 'cannot_report' | 'withdrawn'

export type Standing = {
  readonly state: ReportState
  readonly trouble: string | null
  readonly remoteId: string | null
  readonly finishedAt: number | null
}

/** refusal: NCMEC's, in words, when there was one since a person last looked. */
export function standingOf(filing: FilingState, refusal: string | null): Standing {
  const nothing = { trouble: null, remoteId: null, finishedAt: null }
  switch (filing.kind) {
    case 'finished':
      return {
        state: 'finished',
        trouble: receiptTrouble(filing),
        remoteId: filing.reportId,
        finishedAt: filing.atMs,
      }
    case 'needs_person':
      return { ...nothing, state: 'needs_person', trouble: whyWords(filing.why, refusal) }
    case 'retracted':
      return { ...nothing, state: 'withdrawn' }
    case 'draft':
    case 'submitting':
    case 'open':
    case 'uploading':
    case 'detailing':
    case 'finishing':
    case 'retracting': {
      const { wait } = filing
      if (wait === undefined) return { ...nothing, state: 'filing' }
      const trouble = `${wait.because}, next try at ${new Date(wait.untilMs).toISOString()}`
      // Without working credentials nothing can be filed: said as such, tried again now and then.
      return { ...nothing, state: wait.because === 'credentials' ? 'cannot_report' : 'filing', trouble }
    }
  }
}

function receiptTrouble({ receipt, filesAgree }: Extract<FilingState, { kind: 'finished' }>): string | null {
  if (receipt === 'missing') return 'the report is finished, but the answer that is the receipt was lost on the way'
  return filesAgree ? null : 'the receipt lists other files than were uploaded'
}

const whyWords = (why: Why, refusal: string | null) =>
  why === 'not_accepted' && refusal !== null ? `${whys[why]}: ${refusal}` : whys[why]

const whys: { readonly [W in Why]: string } = {
  md5_mismatch: 'a file arrived altered, again and again',
  md5_missing: 'the CyberTipline did not say what it had received',
  sent_bytes_differ: 'the preserved bytes are not those that were matched',
  file_id_repeated: 'the CyberTipline gave two files one id',
  upload_unknown: 'it stayed unknown whether an upload had worked',
  file_gone: 'the CyberTipline lost an uploaded file',
  report_gone: 'the CyberTipline lost the open report',
  expired: 'the open report expired',
  not_accepted: 'the CyberTipline refused the report or a part of it',
  withdrawn: 'the report was withdrawn',
  too_many_restarts: 'the report was begun anew too often',
  retract_refused: 'an open report could not be retracted',
  finished_by_someone_else: 'the open report was finished by someone else',
}
