// What a person decides about a case, and what follows from it: a report, or the end of the case without one.
import type { IncidentType } from '@wardline/api'
import type { Actor } from '#audit'
import { Fault } from '#base'
import {
  type CaseRecord,
  type Confirmation,
  closeUnreported,
  confirm,
  dismiss,
  readCase,
  reportableFiles,
} from '#cases'
import type { Transaction } from '#db'
import { enqueue } from '#jobs'
import { prepareFeedback } from '#lists'
import { reportOfCase, withdrawReport } from '#reports'
import { refuseRealOutsideProduction } from './not-production.ts'
import { type Alert, say, sendOff, tryAgain } from './report.ts'
import type { Desk } from './river.ts'
import { tellAction, tellReleased } from './tell-platform.ts'

/**
 * A person confirms a case that waits for review; nothing says that they viewed the file. Also one that settles, when what they know
 * is urgent: its report goes at once, in their words, and the settling's own job finds nothing left to do. Also one whose report could not be
 * written, because nobody had said what the incident is: that report is then written anew.
 */
export async function confirmCase(
  river: Desk,
  ref: number | string,
  by: Actor,
  how: Omit<Confirmation, 'caseId' | 'by' | 'anew'> = {},
): Promise<void> {
  const alert = await river.database.transact((tx) => confirmIn(river, tx, ref, { by, ...how }))
  say(river, alert)
  river.wake()
}

/** In the caller's transaction; the alert is said after its commit. */
export async function confirmIn(
  river: Desk,
  tx: Transaction,
  ref: number | string,
  how: Omit<Confirmation, 'caseId'>,
): Promise<Alert> {
  const { vault } = river
  const found = await readCase(tx, vault, ref)
  const unwritten = found.state === 'reporting' ? await stuckReport(tx, found.id) : undefined
  await confirmOnly(river, tx, found, { ...how, anew: unwritten !== undefined })
  if (unwritten !== undefined) {
    await tryAgain(river, tx, unwritten, how.by)
    return undefined
  }
  // Who confirms a case that waits for facts knows that it says little; who does not let it settle, or says that a child is at risk,
  // does not want it to wait for more.
  const asItIs = found.state === 'waiting_facts' || found.state === 'settling' || Boolean(how.escalate?.trim())
  return sendOff(river, tx, await readCase(tx, vault, found.id), { asItIs })
}

/** The decision alone: what becomes of the case, which is `reporting` now, is the caller's. */
export async function confirmOnly(
  river: Desk,
  tx: Transaction,
  found: CaseRecord,
  how: Omit<Confirmation, 'caseId'> & { readonly anew?: boolean },
): Promise<void> {
  refuseRealOutsideProduction(river, found)
  refuseClassification(river, how)
  await confirm(tx, river.clock, river.vault, { ...how, caseId: found.id })
  await learn(river, tx, found, 'affirmative')
  await tellAction(river, tx, found)
}

/** The report of a case that is `reporting`, when it waits for a person. Fault `not_possible` when it goes on by itself. */
async function stuckReport(tx: Transaction, caseId: string): Promise<string> {
  const report = await reportOfCase(tx, caseId)
  if (report?.state === 'needs_person') return report.id
  throw new Fault('not_possible', 'the report of this case is under way: there is nothing left to confirm', {
    retry: 'never',
  })
}

/** The letters belong to an agreement that this operator did not sign, or did not say that they did. */
function refuseClassification({ reports }: Desk, { files = [] }: Pick<Confirmation, 'files'>): void {
  if (reports.industryHashSharingMou === true || files.every((one) => one.classification === undefined)) return
  throw new Fault('mou_missing', mouWords, { retry: 'never' })
}

const mouWords =
  'a classification is for operators who signed the Industry Hash Sharing agreement: set reports.industryHashSharingMou ' +
  'to true where that is so, or leave the classification out'

/** Whether a confirmation would be taken: false of what `passable` refuses. */
export function canConfirm(river: Desk, found: CaseRecord, incidentType: IncidentType | undefined): boolean {
  try {
    refuseRealOutsideProduction(river, found)
    reportableFiles(found.files, incidentType)
    return true
  } catch (error) {
    if (error instanceof Fault && passable.has(error.code)) return false
    throw error
  }
}

/** Refusals of a confirmation that leave the case as it was, or set aside. */
export const passable: ReadonlySet<string> = new Set(['never_reported', 'incident_type_missing', 'not_production'])

/** A person dismisses a case: its files are released and its evidence goes after a short window. */
export async function dismissCase(
  river: Desk,
  ref: number | string,
  by: Actor,
  how: { readonly reason: string; readonly falseMatch?: boolean | undefined },
): Promise<void> {
  await river.database.transact((tx) => dismissIn(river, tx, ref, { by, ...how }))
  river.wake()
}

/** In the caller's transaction. */
export async function dismissIn(
  river: Desk,
  tx: Transaction,
  ref: number | string,
  how: {
    readonly by: Actor
    readonly reason: string
    readonly falseMatch?: boolean | undefined
    /** False: what it teaches about its entries was said already, or nothing. */
    readonly teaches?: boolean
  },
): Promise<void> {
  const { clock, vault, rules } = river
  const { teaches = true, ...said } = how
  const found = await readCase(tx, vault, ref)
  await dismiss(tx, clock, vault, { ...said, caseId: found.id, windowMs: rules.dismissedKeepMs })
  await withdrawReport(tx, clock, { caseId: found.id, by: how.by })
  if (how.falseMatch && teaches) await learn(river, tx, found, 'negative')
  await destroyLater(river, tx, found)
  await tellReleased(river, tx, found)
}

/**
 * A person has dealt with it outside of Wardline: for a case that is never reported, whose match may well be right. The platform
 * hears `removed`, and the evidence goes after the same short window as a dismissed case's.
 */
export async function closeCase(
  river: Desk,
  ref: number | string,
  by: Actor,
  { reason }: { readonly reason: string },
): Promise<void> {
  const { database, clock, vault, rules } = river
  await database.transact(async (tx) => {
    const found = await readCase(tx, vault, ref)
    await closeUnreported(tx, clock, vault, { caseId: found.id, by, reason, windowMs: rules.dismissedKeepMs })
    await destroyLater(river, tx, found)
    await tellAction(river, tx, found)
  })
  river.wake()
}

/** After the short window: evidence that no duty keeps. */
export async function destroyLater(
  { clock, rules }: Pick<Desk, 'clock' | 'rules'>,
  tx: Transaction,
  { files, supplements }: CaseRecord,
): Promise<void> {
  for (const { vaultId } of [...files, ...supplements])
    await enqueue(tx, clock, {
      kind: 'destroy',
      subject: vaultId,
      runAt: clock.now() + rules.dismissedKeepMs,
      uniqueKey: `destroy ${vaultId}`,
    })
}

/** What the case says about the entries it met, for an operator to approve: only to sources that listen. */
async function learn({ clock, vault, feedback }: Desk, tx: Transaction, { id, files }: CaseRecord, says: Says) {
  const met = files.flatMap((file) => file.grounds).filter((ground) => feedback.has(ground.listId))
  await prepareFeedback(tx, clock, vault, { caseId: id, says, met })
}
type Says = 'affirmative' | 'negative'
