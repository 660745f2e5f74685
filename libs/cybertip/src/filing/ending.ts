// The ways a report, or a whole filing, comes to its end.
import {
  type Always,
  carried,
  type FilingState,
  type OpenReport,
  type PastReport,
  type State,
  type Why,
} from './state.ts'

type WithReport = State<'open' | 'uploading' | 'detailing' | 'finishing' | 'retracting'>
type Reason = Pick<State<'retracting'>, 'why' | 'afterwards' | 'fault'>

/** This report must not be finished: to be retracted, and then? */
export function giveUp(state: WithReport, reason: Reason): State<'retracting'> {
  const finishSent = state.kind === 'finishing' || (state.kind === 'retracting' && state.finishSent)
  return { ...carried(state), tries: 0, kind: 'retracting', report: state.report, ...reason, finishSent }
}

/** The report is no more. Begins anew, hands over to a person, or stops. */
export function endReport(
  state: FilingState,
  { reportId }: OpenReport,
  ended: PastReport['ended'],
  { why, afterwards, fault }: Reason,
  now: Date,
): FilingState {
  const known = fault === undefined ? {} : { fault }
  const past = [...state.past, { reportId, ended, why, atMs: now.getTime() }]
  const without = { ...carried(state), past, tries: 0, files: state.files.map(fresh) }
  const about = { reportId, reportMayStand: false, ...known }
  if (afterwards === 'stop') return { ...without, kind: 'retracted' }
  if (afterwards === 'ask_a_person') return needsPerson(without, why, about)
  if (state.restarts >= maxRestarts) return needsPerson(without, 'too_many_restarts', about)
  return { ...without, restarts: state.restarts + 1, kind: 'draft' }
}

/** So many new reports in a row are no longer bad luck. */
const maxRestarts = 5

/** fileIds: what the receipt lists; undefined when it lists none; `lost` when the receipt itself is lost. */
export function standing(
  state: State<'finishing' | 'retracting'>,
  fileIds: readonly string[] | undefined | 'lost',
  now: Date,
): State<'finished'> {
  const own = state.files.flatMap(({ fileId }) => (fileId === undefined ? [] : [fileId]))
  const listed = fileIds === undefined || fileIds === 'lost' ? own : fileIds
  return {
    ...carried(state),
    kind: 'finished',
    reportId: state.report.reportId,
    atMs: now.getTime(),
    fileIds: listed,
    receipt: fileIds === 'lost' ? 'missing' : 'kept',
    filesAgree: [...listed].sort().join() === [...own].sort().join(),
  }
}

type About = Pick<State<'needs_person'>, 'reportId' | 'reportMayStand' | 'fault' | 'report'>

export function needsPerson(state: Always, why: Why, about: About): State<'needs_person'> {
  return { ...carried(state), ...about, kind: 'needs_person', why }
}

/**
 * A person no longer wants it filed. What can be retracted will be; a finish that may have happened cannot be taken back, so a filing that
 * is finishing or finished stays as it is. Only between calls.
 */
export function withdraw(state: FilingState): FilingState {
  switch (state.kind) {
    case 'draft':
    case 'submitting':
      return { ...carried(state), kind: 'retracted' }
    case 'open':
    case 'uploading':
    case 'detailing':
      return giveUp(state, { why: 'withdrawn', afterwards: 'stop' })
    case 'retracting':
      return { ...state, why: 'withdrawn', afterwards: 'stop' }
    case 'needs_person':
      if (state.reportMayStand) return state
      return stillOpen(state, 'withdrawn', 'stop') ?? { ...carried(state), kind: 'retracted' }
    case 'finishing':
    case 'finished':
    case 'retracted':
      return state
  }
}

/** A person has mended what was wrong: no more waiting, and a filing that needed them begins anew, unless its report stands. */
export function tryAgain(state: FilingState): FilingState {
  if (state.kind === 'needs_person' && !state.reportMayStand) {
    const ready = { ...carried(state), tries: 0, restarts: 0 }
    return (
      stillOpen({ ...state, ...ready }, state.why, 'restart') ?? {
        ...ready,
        files: state.files.map(fresh),
        kind: 'draft',
      }
    )
  }
  const { wait: _passed, ...ready } = state
  return ready
}

/** What could not be retracted is tried once more before anything else. */
function stillOpen(
  state: State<'needs_person'>,
  why: Why,
  afterwards: Reason['afterwards'],
): State<'retracting'> | undefined {
  const { report } = state
  return report && { ...carried(state), tries: 0, kind: 'retracting', report, why, afterwards, finishSent: false }
}

function fresh({ localId, md5, details }: FilingState['files'][number]) {
  return { localId, md5, details }
}
