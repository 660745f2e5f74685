// The cases of a repair are gathered, in slices, and then frozen: what two people approve is what is repaired.
import { record } from '#audit'
import {
  type CaseFile,
  type CaseRecord,
  type CaseState,
  casesOfEntry,
  casesOfFile,
  readCase,
  standingCasesOfAccount,
} from '#cases'
import type { Transaction } from '#db'
import { finish, holdLease, type Job } from '#jobs'
import { entryKey } from '#lists'
import { addGathered, casesOfRepair, freeze, isGathered, type RepairRecord, sendToReview } from '#repairs'
import { casesOfReport, reportOfCase } from '#reports'
import { type Heard, showsSame, weigh } from './repair-weigh.ts'
import { journaled, type River } from './river.ts'

/** Cases of one transaction. */
const slice = 25

/** In which there is something to undo. */
const standing = [
  'settling',
  'set_aside',
  'waiting_review',
  'waiting_facts',
  'reporting',
  'cannot_report',
  'reported',
  'closed',
  'reviewed_again',
] as const satisfies readonly CaseState[]

/** False when the server stops before it is done. */
export async function gather(river: River, job: Job, signal: AbortSignal, repair: RepairRecord): Promise<boolean> {
  const { database, clock, vault } = river
  const heard = await heardFiles(river, repair)
  for await (const ids of candidates(river, repair)) {
    if (signal.aborted) return false
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      for (const id of ids) await gatherOne(river, tx, { id, repair, heard })
    })
    journaled(river, 'repair gathering', { repair: repair.id })
  }
  const pictures = await byPicture(river, repair.id)
  await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    if (repair.outcome !== 'context') await doubtOthers(river, tx, repair.id)
    await freeze(tx, clock, repair.id, pictures)
    const rows = await casesOfRepair(tx, vault, repair.id)
    const toRepair = rows.filter(({ does }) => does === 'repair').length
    await record(tx, clock, {
      actor: 'wardline',
      act: 'gather_repair',
      subject: repair.id,
      detail: { toRepair, toReview: rows.length - toRepair, pictures: new Set(pictures.values()).size },
    })
    await finish(tx, job)
  })
  journaled(river, 'repair gathered', { repair: repair.id })
  return true
}

/** The files that were said to be a false alarm, as their case holds them now. */
export async function heardFiles(
  { database, vault }: Pick<River, 'database' | 'vault'>,
  { case_id, facts }: RepairRecord,
): Promise<Heard> {
  const { files } = await readCase(database.read, vault, case_id)
  return files.filter(({ id }) => facts.files.includes(id))
}

/** A picture that is all but the same met the same entries: so whatever is gathered rests on one of them, or is the same bytes. */
async function* candidates({ database, vault }: River, { case_id, outcome, facts }: RepairRecord) {
  yield [case_id]
  if (outcome === 'context') return
  for (const entry of facts.entries)
    for (let after = 0; ; ) {
      const asked = { entryKey: entryKey(vault, entry), states: standing, after, limit: slice }
      const page = await casesOfEntry(database.read, asked)
      if (page.length > 0) yield page.map(({ id }) => id)
      after = page.at(-1)?.number ?? after
      if (page.length < slice) break
    }
  if (outcome === 'match')
    for (const fileId of facts.files) {
      const all = await casesOfFile(database.read, fileId)
      for (let at = 0; at < all.length; at += slice) yield all.slice(at, at + slice).map(({ id }) => id)
    }
}

async function gatherOne(
  river: River,
  tx: Transaction,
  { id, repair, heard }: { readonly id: string; readonly repair: RepairRecord; readonly heard: Heard },
): Promise<void> {
  const { clock, vault } = river
  if (await isGathered(tx, repair.id, id)) return
  const found = await readCase(tx, vault, id)
  if (found.isTest || !standing.some((state) => state === found.state)) return
  const weighed = await weigh(river, tx, found, { repair, heard })
  if (weighed.kind === 'none') return
  const { file, ground } = weighed
  await addGathered(tx, clock, vault, {
    repairId: repair.id,
    caseId: id,
    caseNumber: found.number,
    stateThen: found.state,
    does: weighed.kind,
    why: weighed.why,
    shown: {
      fileId: file.id,
      class: ground.class,
      algorithm: ground.algorithm,
      distanceBits: ground.distanceBits,
    },
  })
}

/**
 * Of an account of which another case stands nobody is restored without a look: one careless repair can restore a real offender. Nor is
 * a report that is of others as well taken back, unless it is an error about all of them.
 */
async function doubtOthers({ vault }: River, tx: Transaction, repairId: string): Promise<void> {
  for (let isSettled = false; !isSettled; ) {
    isSettled = true
    const rows = await casesOfRepair(tx, vault, repairId, { does: 'repair' })
    const ours = new Set(rows.map((row) => row.case_id))
    for (const { case_id } of rows) {
      const why = (await standsElsewhere(tx, case_id, ours))
        ? ('account' as const)
        : (await isBatchedWithOthers(tx, case_id, ours))
          ? ('batched' as const)
          : undefined
      if (why === undefined) continue
      await sendToReview(tx, repairId, [case_id], why)
      ours.delete(case_id)
      isSettled = false
    }
  }
}

/** Another case of the same account stands, and is not among these. */
export async function standsElsewhere(tx: Transaction, caseId: string, ours: ReadonlySet<string>): Promise<boolean> {
  return (await standingCasesOfAccount(tx, caseId, standing)).some((id) => !ours.has(id))
}

async function isBatchedWithOthers(tx: Transaction, caseId: string, ours: ReadonlySet<string>): Promise<boolean> {
  const report = await reportOfCase(tx, caseId)
  if (report === undefined || !report.isBatched || report.state === 'finished' || report.state === 'filed_by_hand')
    return false
  return (await casesOfReport(tx, report.id)).some((id) => !ours.has(id))
}

/** Which group each case is shown in: the first file of it that the error is about stands for it. Reads outside of a transaction. */
async function byPicture({ database, vault }: River, repairId: string): Promise<ReadonlyMap<string, number>> {
  const groups: CaseFile[] = []
  const pictures = new Map<string, number>()
  for (const { case_id, shown } of await casesOfRepair(database.read, vault, repairId)) {
    const file = fileOf(await readCase(database.read, vault, case_id), shown.fileId)
    const place = groups.findIndex((one) => showsSame(one, file))
    if (place < 0) groups.push(file)
    pictures.set(case_id, place < 0 ? groups.length : place + 1)
  }
  return pictures
}

function fileOf({ files }: CaseRecord, fileId: string): CaseFile {
  const file = files.find(({ id }) => id === fileId)
  if (file === undefined) throw new Error('a case has lost a file that was gathered')
  return file
}
