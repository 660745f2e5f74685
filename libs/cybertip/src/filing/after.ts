// What a call's result makes of a filing. Pure: the same state, result and time give the same state.
import type { FaultFacts } from '../client/fault.ts'
import { endReport, giveUp, needsPerson, standing } from './ending.ts'
import { meaning } from './meaning.ts'
import type { Call } from './next.ts'
import { carried, type FilingFile, type FilingState, type OpenReport, type State, type Why } from './state.ts'
import { waiting } from './waiting.ts'

/** A client's result as far as a filing cares: any Result of the client, or a plain copy of it. */
export type Outcome = Happened | FaultFacts
export type Happened = {
  readonly kind: 'ok'
  readonly reportId?: string | undefined
  readonly fileId?: string | undefined
  readonly hash?: string | undefined
  readonly sentMd5?: string | undefined
  readonly fileIds?: readonly string[] | undefined
}

/** state: what `begin` gave for this call, as found in the journal. */
export function after(state: FilingState, call: Call, outcome: Outcome, now: Date): FilingState {
  switch (state.kind) {
    case 'submitting':
      if (call.do === 'submit') return afterSubmit(state, outcome, now)
      break
    case 'uploading':
      if (call.do === 'upload') return afterUpload(state, outcome, now)
      break
    case 'detailing':
      if (call.do === 'fileinfo') return afterFileinfo(state, outcome, now)
      break
    case 'finishing':
      if (call.do === 'finish') return afterFinish(state, outcome, now)
      break
    case 'retracting':
      if (call.do === 'retract') return afterRetract(state, outcome, now)
      break
  }
  throw new TypeError(`a filing that is ${state.kind} has not begun to ${call.do}`)
}

function afterSubmit(state: State<'submitting'>, outcome: Outcome, now: Date): FilingState {
  if (outcome.kind === 'ok') {
    const report = { reportId: owed(outcome.reportId), openedAtMs: now.getTime(), lastChangeAtMs: now.getTime() }
    return { ...carried(state), tries: 0, kind: 'open', report }
  }
  if (outcome.outcome === 'unknown') return waiting(state, outcome, now)
  if (meaning(outcome) !== 'wait') return needsPerson(state, 'not_accepted', { reportMayStand: false, fault: outcome })
  // A server error may have come after the report was opened: the next submit counts an orphan.
  if (outcome.code === 'temporarily_refused') return waiting(state, outcome, now)
  return waiting({ ...carried(state), kind: 'draft' }, outcome, now)
}

function afterUpload(state: State<'uploading'>, outcome: Outcome, now: Date): FilingState {
  if (outcome.kind === 'ok') return received(state, outcome, now)
  // It may be there or not, and cannot be deleted alone.
  if (outcome.outcome === 'unknown' || mayHaveComeAfter(outcome))
    return waiting(giveUp(state, { why: 'upload_unknown', afterwards: 'restart', fault: outcome }), outcome, now)
  if (meaning(outcome) === 'wait') return waiting(openAgain(state), outcome, now)
  return stopped(state, outcome, now)
}

/** 1110 and 1111 say that the upload failed; any other trouble of the server's may have come after the file was stored. */
function mayHaveComeAfter({ code, responseCode }: FaultFacts): boolean {
  return code === 'temporarily_refused' && responseCode !== 1110 && responseCode !== 1111
}

/** The MD5 NCMEC returns is of what it received. Any doubt about it ends this report: what is uploaded cannot be taken back alone. */
function received(state: State<'uploading'>, answer: Happened, now: Date): FilingState {
  const md5 = state.files.find((file) => file.localId === state.localId)?.md5
  const fileId = owed(answer.fileId)
  const anew = (why: Why) => giveUp(state, { why, afterwards: 'restart' })
  // Our own bytes are not those we took down: another try would send the same.
  if (answer.sentMd5 !== undefined && answer.sentMd5 !== md5) {
    return giveUp(state, { why: 'sent_bytes_differ', afterwards: 'ask_a_person' })
  }
  if (answer.hash === undefined) return anew('md5_missing')
  if (answer.hash.toLowerCase() !== md5) return anew('md5_mismatch')
  if (state.files.some((file) => file.fileId === fileId)) return anew('file_id_repeated')
  return changed(state, { fileId }, now)
}

function afterFileinfo(state: State<'detailing'>, outcome: Outcome, now: Date): FilingState {
  if (outcome.kind === 'ok') return changed(state, { detailed: 'confirmed' }, now)
  if (outcome.outcome === 'unknown') return waiting(state, outcome, now)
  // Which code a second fileinfo gets is not documented; 4000 after a lost answer is taken for it.
  if (state.repeat && outcome.responseCode === 4000) return changed(state, { detailed: 'assumed' }, now)
  // Cut off on its way, that same answer has no code: asked again, until one can be read.
  if (
    state.repeat &&
    outcome.code === 'not_accepted' &&
    outcome.responseCode === undefined &&
    state.tries < repeatTries
  )
    return waiting(state, { ...outcome, retry: 'later' }, now)
  if (meaning(outcome) !== 'wait') return stopped(state, outcome, now)
  const mayHaveWorked = state.repeat || outcome.code === 'temporarily_refused'
  return waiting(mayHaveWorked ? state : openAgain(state), outcome, now)
}

/** The same details again change nothing, and what they are refused for is worth knowing. */
const repeatTries = 6

function afterFinish(state: State<'finishing'>, outcome: Outcome, now: Date): FilingState {
  if (outcome.kind === 'ok') return standing(state, outcome.fileIds, now)
  if (outcome.outcome === 'unknown') return waiting(state, outcome, now)
  switch (meaning(outcome)) {
    case 'wait':
      return waiting(state, outcome, now)
    case 'finished':
      return state.tries > 1 ? standing(state, 'lost', now) : stopped(state, outcome, now)
    case 'gone':
    case 'file_gone':
    case 'refused':
      return stopped(state, outcome, now)
  }
}

function afterRetract(state: State<'retracting'>, outcome: Outcome, now: Date): FilingState {
  if (outcome.kind === 'ok') return endReport(state, state.report, 'retracted', state, now)
  if (outcome.outcome === 'unknown') return waiting(state, outcome, now)
  switch (meaning(outcome)) {
    case 'wait':
      return waiting(state, outcome, now)
    case 'gone': {
      const ended = outcome.code === 'already_retracted' ? 'retracted' : 'gone'
      return endReport(state, state.report, ended, state, now)
    }
    // Too late: the report stands. If the finish was ours, that is what it was to become.
    case 'finished':
      return state.finishSent ? standing(state, 'lost', now) : stopped(state, outcome, now)
    case 'file_gone':
    case 'refused':
      return state.tries < retractTries ? waiting(state, { ...outcome, retry: 'later' }, now) : leftOpen(state, outcome)
  }
}

/** A retract does no harm, and what it is for is worth asking more than once. */
const retractTries = 3

function leftOpen(state: State<'retracting'>, fault: FaultFacts): FilingState {
  const { report, finishSent } = state
  const open = finishSent ? {} : { report }
  return needsPerson(state, 'retract_refused', {
    reportId: report.reportId,
    reportMayStand: finishSent,
    fault,
    ...open,
  })
}

type WithReport = State<'uploading' | 'detailing' | 'finishing' | 'retracting'>

/** A refusal that more waiting will not change. */
function stopped(state: WithReport, fault: FaultFacts, now: Date): FilingState {
  switch (meaning(fault)) {
    case 'gone':
      if (fault.code === 'already_retracted') {
        return endReport(state, state.report, 'gone', { why: 'report_gone', afterwards: 'restart', fault }, now)
      }
      // Asked once more by a retract: a report that one of NCMEC's servers does not know yet must not stay open, and one whose finish
      // had worked after all will say so.
      return giveUp(state, { why: 'report_gone', afterwards: 'restart', fault })
    case 'finished':
      return needsPerson(state, 'finished_by_someone_else', {
        reportId: state.report.reportId,
        reportMayStand: true,
        fault,
      })
    case 'file_gone':
      return giveUp(state, { why: 'file_gone', afterwards: 'restart', fault })
    case 'wait':
    case 'refused':
      // Not left to expire: retracted at once, then a person looks.
      return giveUp(state, { why: 'not_accepted', afterwards: 'ask_a_person', fault })
  }
}

function openAgain(state: State<'uploading' | 'detailing'>): State<'open'> {
  return { ...carried(state), kind: 'open', report: state.report }
}

/** NCMEC's report has changed: one file has got further, and the report's time to live begins anew. */
function changed(
  state: State<'uploading' | 'detailing'>,
  progress: Pick<FilingFile, 'fileId' | 'detailed'>,
  now: Date,
): State<'open'> {
  const files = state.files.map((file) => (file.localId === state.localId ? { ...file, ...progress } : file))
  const report: OpenReport = { ...state.report, lastChangeAtMs: now.getTime() }
  return { ...carried(state), files, tries: 0, kind: 'open', report }
}

/** A client's success always has it; without it the caller has mixed up its results. */
function owed(id: string | undefined): string {
  if (id === undefined) throw new TypeError('a successful result without its id')
  return id
}
