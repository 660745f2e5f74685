// What became of the cards, read where it is kept: in the deployment's own database and vault, not in the server's words.
import { Fault, systemClock } from '@wardline/server/base'
import { type CaseRecord, fileOfScan, readCase } from '@wardline/server/cases'
import { readDrawing } from '@wardline/server/lists'
import { type NoticeView, noticesOfCase } from '@wardline/server/notices'
import { readPause } from '@wardline/server/pause'
import { type ReportView, readReceipt, reportOfCase } from '@wardline/server/reports'
import { type Check, fail, ok, warn } from '../doctor/check.ts'
import type { Ground } from '../on-ground.ts'
import type { Sending } from './plan.ts'

export interface Held extends Sending {
  readonly scanId: string
}

/** The cases the cards are in; each marked as a test, or the whole self-test is worth nothing. */
export async function findCases({ database, vault }: Ground, held: readonly Held[]) {
  const found = await Promise.all(held.map(async ({ scanId }) => fileOfScan(database.read, scanId)))
  const ids = [...new Set(found.flatMap((one) => (one === undefined ? [] : [one.caseId])))]
  const cases = await Promise.all(ids.map((id) => readCase(database.read, vault, id)))
  return { cases, files: found.map((one) => one?.fileId), check: checkCases(cases, found.includes(undefined)) }
}

function checkCases(cases: readonly CaseRecord[], lost: boolean): Check {
  const name = 'case'
  if (lost) return fail(name, 'a held card is in no case', 'Does --config name the deployment that --url leads to?')
  if (cases.some(({ isTest }) => !isTest))
    return fail(
      name,
      'a card’s case is not marked as a test',
      'This is a mistake in Wardline itself: please report it.',
    )
  const numbers = cases.map(({ number }) => number).join(', ')
  return ok(name, `${cases.length === 1 ? 'case' : 'cases'} ${numbers} opened, marked as a test`)
}

/** Each card's evidence is opened and compared with the card, byte for byte. Leaves the audit lines that every opening does. */
export async function checkEvidence(
  { vault }: Ground,
  held: readonly Held[],
  cases: readonly CaseRecord[],
  files: readonly (string | undefined)[],
): Promise<Check> {
  const name = 'evidence'
  const evidence = new Map(cases.flatMap((one) => one.files.map((file) => [file.id, file.vaultId] as const)))
  const seen = new Set<string>()
  try {
    for (const [place, { card }] of held.entries()) {
      const vaultId = evidence.get(files[place] ?? '')
      if (vaultId === undefined)
        return fail(name, `card ${card.number} was not preserved`, 'The server’s log says why.')
      if (seen.has(vaultId)) continue
      seen.add(vaultId)
      const opened = await vault.open(vaultId, { actor: 'wardline', why: 'selftest' })
      if (!readDrawing(card).equals(await opened.bytes()))
        return fail(
          name,
          `card ${card.number} came out of the vault altered`,
          'Keep everything as it is, and report it.',
        )
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return fail(name, error.message, 'Evidence opens only where `data` lies: run this on that machine.')
  }
  return ok(name, `${seen.size} files preserved, opened again and equal byte for byte`)
}

export interface Patience {
  readonly ms: number
}

/** Until every case's report is where it ends. */
export async function followReports(ground: Ground, cases: readonly CaseRecord[], patience: Patience): Promise<Check> {
  const name = 'report'
  const seen = await until(
    patience,
    () => Promise.all(cases.map(({ id }) => reportOfCase(ground.database.read, id))),
    (report) => report !== undefined && reportEnds.has(report.state),
  )
  const late = seen.findIndex((report) => report === undefined || !reportEnds.has(report.state))
  if (late >= 0) return lateReport(ground, cases[late], seen[late])
  const stuck = seen.find((report) => report?.state === 'needs_person')
  if (stuck) return fail(name, stuck.trouble ?? 'it needs a person', `\`wardline reports show ${stuck.id}\``)
  const unsent = seen.filter((report) => report?.state === 'validated_not_sent').length
  if (unsent === seen.length)
    return ok(name, 'written and validated, and sent to nobody: this is production, and a test')
  for (const report of seen) {
    if (report === undefined || (await readReceipt(ground.database.read, ground.vault, report.id))) continue
    return fail(name, 'it is finished and its receipt is missing', `\`wardline reports show ${report.id}\``)
  }
  const remote = seen.map((report) => report?.remoteId).join(', ')
  return ok(name, `finished, with a receipt: ${remote} (${ground.config.environment}, not the CyberTipline’s real one)`)
}

const reportEnds: ReadonlySet<string> = new Set(['finished', 'needs_person', 'validated_not_sent'])

async function lateReport(
  { database, vault }: Ground,
  of: CaseRecord | undefined,
  report: ReportView | undefined,
): Promise<Check> {
  const { state, number } =
    of === undefined ? { state: 'gone', number: 0 } : await readCase(database.read, vault, of.id)
  if (state === 'cannot_report')
    return fail(
      'report',
      `case ${number} cannot be reported: credentials are missing`,
      '`wardline doctor` says which; configure them and start the server again.',
    )
  if ((await readPause(database.read)) !== undefined)
    return fail('report', 'PAUSED: nothing is reported or told', '`wardline pause show` says why, and what to do.')
  const words = report === undefined ? 'none was made in time' : `it is still "${report.state}"`
  return fail('report', `${words} (case ${number} is "${state}")`, '`wardline jobs list` shows what waits, and why.')
}

/** Until every case's notice is where it ends. */
export async function followNotices(ground: Ground, cases: readonly CaseRecord[], patience: Patience): Promise<Check> {
  const name = 'notice'
  const started = systemClock.now()
  const seen = await until(
    patience,
    () => Promise.all(cases.map(async ({ id }) => (await noticesOfCase(ground.database.read, id))[0])),
    (notice) => notice !== undefined && noticeEnds.has(notice.state),
  )
  const took = ((systemClock.now() - started) / 1000).toFixed(1)
  const other = seen.find((notice) => notice?.state !== 'sent')
  if (seen.includes(undefined))
    return fail(name, 'none was planned in time', 'It follows the report: look there first.')
  if (other === undefined)
    return ok(
      name,
      `accepted by the mail server after ${took} s, for the ${seen[0]?.addressee ?? 'reader'}: look there`,
    )
  return unsentNotice(other)
}

const noticeEnds: ReadonlySet<string> = new Set(['sent', 'not_sent', 'dead'])

function unsentNotice({ state, reason }: NoticeView): Check {
  const name = 'notice'
  if (state === 'not_sent' && reason === 'policy_off')
    return warn(name, 'notices are switched off: nobody is told', 'Set notices.enabled and mail to try them.')
  if (reason === 'no_operator_address')
    return fail(
      name,
      'a test in production is told to the operator alone, and no address is configured',
      'Set selftest.operatorEmail and start the server again.',
    )
  if (reason === 'operator_address_changed')
    return fail(
      name,
      'selftest.operatorEmail was changed while it waited, so it was sent to nobody',
      'Run the self-test again.',
    )
  if (state === 'dead')
    return fail(name, `the mail server refused it (${reason})`, 'Mend it, then `wardline notices list --state dead`.')
  return fail(name, `it is still "${state}" (${reason ?? 'no reason yet'})`, '`wardline doctor` tries the mail server.')
}

async function until<T>({ ms }: Patience, look: () => Promise<T[]>, ended: (one: T) => boolean): Promise<T[]> {
  const end = systemClock.now() + ms
  for (;;) {
    const seen = await look()
    if (seen.every(ended) || systemClock.now() >= end) return seen
    await systemClock.wait(100)
  }
}
