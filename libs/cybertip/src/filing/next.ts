// What a filing asks to be done now, and how its state says that it has begun.
import type { FaultCode } from '../client/fault.ts'
import { carried, expiresAtMs, type FilingState, type State } from './state.ts'
import { stopsQueue } from './waiting.ts'

export type Call =
  | { readonly do: 'submit' }
  | { readonly do: 'upload'; readonly reportId: string; readonly localId: string }
  | { readonly do: 'fileinfo'; readonly reportId: string; readonly localId: string; readonly fileId: string }
  | { readonly do: 'finish'; readonly reportId: string }
  | { readonly do: 'retract'; readonly reportId: string }

export type Action =
  | Call
  /**
   * alert: an operator has to mend something before it can go on, or it has been tried in vain for hours. stopQueue: every other filing
   * would meet the same (credentials, address, certificate).
   */
  | {
      readonly do: 'wait'
      readonly untilMs: number
      readonly because: FaultCode
      readonly alert: boolean
      readonly stopQueue: boolean
    }
  | { readonly do: 'nothing'; readonly because: 'finished' | 'retracted' | 'needs_person' }

/** Pure. A state that says a call has begun answers with what is safe when that call's result was never written down. */
export function next(state: FilingState, now: Date): Action {
  if (state.wait && now.getTime() < state.wait.untilMs) {
    return { do: 'wait', ...state.wait, stopQueue: stopsQueue(state.wait.because) }
  }
  switch (state.kind) {
    // A second submit is safe: the first report, if there is one, has no files and dies within a day.
    case 'draft':
    case 'submitting':
      return { do: 'submit' }
    case 'open':
      return nextInOpen(state, now)
    // Whether NCMEC holds the file is unknown, a second upload could double it, and no call deletes one.
    case 'uploading':
    case 'retracting':
      return { do: 'retract', reportId: state.report.reportId }
    // The same document again does no harm.
    case 'detailing':
      return fileinfo(state, state.localId)
    // If it had worked, the answer will be that the report is already finished.
    case 'finishing':
      return { do: 'finish', reportId: state.report.reportId }
    case 'finished':
    case 'retracted':
    case 'needs_person':
      return { do: 'nothing', because: state.kind }
  }
}

function nextInOpen(state: State<'open'>, now: Date): Action {
  const { reportId } = state.report
  if (now.getTime() >= expiresAtMs(state.report)) return { do: 'retract', reportId }
  for (const file of state.files) {
    if (file.fileId === undefined) return { do: 'upload', reportId, localId: file.localId }
    if (file.details && !file.detailed) return fileinfo(state, file.localId)
  }
  return { do: 'finish', reportId }
}

function fileinfo(state: State<'open' | 'detailing'>, localId: string): Call {
  const fileId = state.files.find((file) => file.localId === localId)?.fileId
  if (fileId === undefined) throw new TypeError('details of a file that is not uploaded')
  return { do: 'fileinfo', reportId: state.report.reportId, localId, fileId }
}

/**
 * The state to write down before the call is made: it says that the call may have happened. Pure. Takes what `next` gave for this state;
 * a wait or nothing changes nothing.
 */
export function begin(state: FilingState, action: Action): FilingState {
  if (action.do === 'wait' || action.do === 'nothing') return state
  const kept = { ...carried(state), tries: state.tries + 1 }
  if (action.do === 'submit') {
    // Found without a result, the earlier submit may have opened a report nobody knows.
    const orphans = state.kind === 'submitting' ? state.orphans + 1 : state.orphans
    return { ...kept, orphans, kind: 'submitting' }
  }
  if (!('report' in state)) throw new TypeError('no report is open for this call')
  const { report } = state
  switch (action.do) {
    case 'upload':
      return { ...kept, kind: 'uploading', report, localId: action.localId }
    case 'fileinfo':
      return { ...kept, kind: 'detailing', report, localId: action.localId, repeat: state.kind === 'detailing' }
    case 'finish':
      return { ...kept, kind: 'finishing', report }
    case 'retract':
      return { ...kept, kind: 'retracting', report, ...reasonToRetract(state) }
  }
}

function reasonToRetract(state: FilingState): Pick<State<'retracting'>, 'why' | 'afterwards' | 'finishSent' | 'fault'> {
  if (state.kind === 'retracting') {
    const { why, afterwards, finishSent, fault } = state
    return { why, afterwards, finishSent, ...(fault === undefined ? {} : { fault }) }
  }
  const why = state.kind === 'uploading' ? 'upload_unknown' : 'expired'
  return { why, afterwards: 'restart', finishSent: false }
}
