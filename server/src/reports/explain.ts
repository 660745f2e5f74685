// One report in plain words, for a person tired at three in the morning: where it stands, what happened, until when, what to do.
import { expiresAtMs, type FilingState, type State } from '@wardline/cybertip'
import type { Connection } from '#db'
import { listJobs } from '#jobs'
import { readPause } from '#pause'
import type { Vault } from '#vault'
import { confirmedAt } from './late.ts'
import { type Line, readLine } from './line.ts'
import { codeWords } from './refusal.ts'
import { isOver, readFiling, reportRow } from './store.ts'
import { type ReportView, showReport } from './views.ts'

export type Explanation = {
  readonly report: ReportView
  readonly caseNumber: number
  readonly where: string
  /** Oldest first. */
  readonly happened: readonly { readonly at: number; readonly words: string }[]
  /** Moments after which something is worse than before. */
  readonly clocks: readonly { readonly at: number; readonly words: string }[]
  /** In order; the first is the one to begin with. */
  readonly next: readonly { readonly words: string; readonly command?: string }[]
}

/** Nothing of what the report says. Fault `no_such_report`. lateMs: the operator's own limit, since the case was confirmed. */
export async function explainReport(
  db: Connection,
  vault: Vault,
  { reportId, lateMs }: { readonly reportId: string; readonly lateMs: number },
): Promise<Explanation> {
  const row = await reportRow(db, reportId)
  const { steps, ...report } = await showReport(db, reportId)
  const kase = await db
    .selectFrom('cases')
    .select(['number', 'state', 'decided_at'])
    .where('id', '=', row.case_id)
    .executeTakeFirstOrThrow()
  const filing = readFiling(vault, reportId, row.filing_sealed)
  const line = await readLine(db)
  const dead = (await listJobs(db, { state: 'dead' })).find(({ subject }) => subject === reportId)
  const lookUp = await db
    .selectFrom('account_look_ups')
    .select(['state', 'wait_until', 'trouble'])
    .where('case_id', '=', row.case_id)
    .executeTakeFirst()
  // Of what is over nothing waits.
  const paused = !isOver(row.state) && (await readPause(db)) !== undefined
  const confirmed = confirmedAt({ ...row, decided_at: kase.decided_at })
  return {
    report,
    caseNumber: kase.number,
    where: `${whereIs(report, filing, line)}${waitsFor(report, lookUp)}${paused ? '; PAUSED: nothing is filed' : ''}`,
    happened: [
      {
        at: confirmed,
        words:
          row.corrects_id === null
            ? 'its case was confirmed'
            : `somebody chose it, to take back ${row.corrects_id}, an error`,
      },
      ...steps.map((step) => ({ at: step.at, words: stepWords(step) })),
    ],
    clocks: isOver(row.state) && row.state !== 'needs_person' ? [] : clocksOf(filing, confirmed + lateMs),
    next: paused
      ? [{ words: 'see why nothing goes outward, and what to say', command: 'wardline pause show' }]
      : dead === undefined
        ? kase.state === 'set_aside' && (row.state === 'waiting' || row.state === 'filing')
          ? [aside]
          : [...doubtOf(row, kase), ...nextFor(report, filing, line)]
        : [
            { words: `its job was given up: ${dead.lastError ?? 'no reason is known'}`, command: 'wardline doctor' },
            { words: 'when that is mended', command: `wardline jobs retry ${dead.id}` },
          ],
  }
}

/** A report that is over, and rests on something that a repair found to be wrong. */
function doubtOf(
  { state, corrects_id }: { readonly state: ReportView['state']; readonly corrects_id: string | null },
  kase: { readonly number: number; readonly state: string },
): Explanation['next'] {
  if (!isOver(state) || corrects_id !== null || kase.state !== 'reviewed_again') return []
  const words =
    'something its case rests on was found wrong: a person looks at the case once more, and nothing is filed'
  return [{ words, command: `wardline cases show ${kase.number}` }]
}

function whereIs({ state, trouble, remoteId }: ReportView, filing: FilingState, line: Line): string {
  const closed = line.standing === 'stopped' ? `; filing is stopped for all reports (${line.because})` : ''
  switch (state) {
    case 'waiting':
      return `written and not begun${closed}`
    case 'filing':
      return `being filed: ${progress(filing)}${trouble === null ? '' : `; ${trouble}`}${closed}`
    case 'cannot_report':
      return `preserved, and cannot be filed for now: ${trouble ?? 'there are no working credentials'}${closed}`
    case 'needs_person':
      return `stopped, and waits for a person: ${trouble ?? 'no reason is known'}`
    case 'finished':
      return `filed as CyberTipline report ${remoteId}${trouble === null ? '' : `; ${trouble}`}`
    case 'filed_by_hand':
      return `filed by hand as CyberTipline report ${remoteId}, by the word of a person`
    case 'validated_not_sent':
      return 'made by a test card: written, validated, and sent to nobody'
    case 'withdrawn':
      return 'its case was dismissed before it was submitted; it is never sent'
  }
}

type LookUp = { readonly state: string; readonly wait_until: number; readonly trouble: string | null }

/** What a report that is not begun waits for, besides its turn. */
function waitsFor({ state, trouble }: ReportView, lookUp: LookUp | undefined): string {
  if (state !== 'waiting') return ''
  const why = trouble === null ? '' : `; ${trouble}`
  if (lookUp?.state !== 'waiting') return why
  const last = lookUp.trouble === null ? '' : ` (last: ${lookUp.trouble})`
  const until = new Date(lookUp.wait_until).toISOString()
  return `${why}; waits until ${until} for what your own system says about the account${last}`
}

const aside = {
  words: 'see the entry that was set aside, and release, keep or decide it: its case waits for that',
  command: 'wardline lists set-aside list',
}

function progress(filing: FilingState): string {
  const uploaded = filing.files.filter(({ fileId }) => fileId !== undefined).length
  const files = `${uploaded} of ${filing.files.length} files uploaded`
  const began = filing.past.length === 0 ? '' : `, begun anew ${filing.past.length} times`
  if (filing.kind === 'draft' || filing.kind === 'submitting') return `not open at NCMEC yet${began}`
  const opened =
    'report' in filing && filing.report !== undefined
      ? `; opened as CyberTipline report ${filing.report.reportId}, not finished yet`
      : ''
  if (filing.kind === 'finishing') return `all is sent, and it is being finished${opened}${began}`
  if (filing.kind === 'retracting') return `what was begun at NCMEC is being taken back${opened}${began}`
  return `open at NCMEC, ${files}${opened}${began}`
}

type Step = Awaited<ReturnType<typeof showReport>>['steps'][number]

function stepWords({ step, phase, outcome, responseCode, requestId }: Step): string {
  if (phase === 'intent') return `${step} begun`
  const code = responseCode === null || responseCode === 0 ? '' : `; ${codeWords(responseCode)}`
  return `${step}: ${outcome ?? 'unknown'}${code}${requestId === null ? '' : `; Request-ID ${requestId}`}`
}

function clocksOf(filing: FilingState, lateAt: number): Explanation['clocks'] {
  const own = { at: lateAt, words: 'your own limit (reports.lateAfterHours, since the case was confirmed)' }
  if (!('report' in filing)) return [own]
  const ncmec =
    'NCMEC deletes the open report: 24 h after it was opened or 1 h after its last change, whichever is later'
  return [own, { at: expiresAtMs(filing.report), words: `${ncmec}; it is then begun anew` }].sort((a, b) => a.at - b.at)
}

function nextFor({ id, state }: ReportView, filing: FilingState, line: Line): Explanation['next'] {
  const status = { words: 'see what is refused, and mend it', command: 'wardline cybertip status' }
  const resume = { words: 'then let filing go on', command: 'wardline reports resume' }
  switch (state) {
    case 'waiting':
    case 'filing':
      if (line.standing === 'stopped') return [status, resume]
      return [{ words: 'nothing: a running server goes on by itself', command: `wardline reports show ${id}` }]
    case 'cannot_report':
      if (line.standing === 'stopped') return [status, resume]
      return [
        { ...status, command: 'wardline doctor' },
        { words: 'then start the server again', command: 'wardline serve' },
      ]
    case 'needs_person':
      return filing.kind === 'needs_person' ? forPerson(id, filing) : [read(id), again(id), byHand(id)]
    case 'finished':
      return [
        { words: 'nothing of the report itself: the receipt is kept', command: `wardline reports receipt ${id} FILE` },
      ]
    case 'filed_by_hand':
    case 'validated_not_sent':
    case 'withdrawn':
      return [{ words: 'nothing' }]
  }
}

function forPerson(id: string, { reportMayStand, reportId }: State<'needs_person'>): Explanation['next'] {
  if (!reportMayStand) return [read(id), again(id), byHand(id)]
  const ask = `ask NCMEC whether report ${reportId ?? '(unknown)'} is finished, naming the Request-IDs above; do not file it again before`
  return [{ words: ask, command: `wardline reports show ${id}` }, byHand(id)]
}

const read = (id: string) => ({
  words: 'read what was sent and what was answered',
  command: `wardline reports documents ${id} NEW_FOLDER --as EMAIL`,
})
const again = (id: string) => ({
  words: 'once the configuration or the case is mended, file it anew',
  command: `wardline reports retry ${id}`,
})
const byHand = (id: string) => ({
  words: 'or, if you filed it yourself at NCMEC’s own form',
  command: `wardline reports close ${id} --as EMAIL --reason TEXT --filed-as NUMBER`,
})
