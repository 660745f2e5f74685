// The cases of a repair are gathered, in slices, and then frozen: what two people approve is what is repaired.
import { record } from '#audit'
import {
  type CaseFile,
  type CaseRecord,
  type CaseState,
  caseNumber,
  caseState,
  casesOfEntry,
  casesOfFile,
  orUnreadable,
  readCase,
  standingCasesOfAccount,
} from '#cases'
import type { Connection, Transaction } from '#db'
import { finish, holdLease, type Job } from '#jobs'
import { entryKey } from '#lists'
import { addGathered, areToRepair, casesOfRepair, freeze, isGathered, type RepairRecord, sendToReview } from '#repairs'
import { casesOfReport, reportOfCase } from '#reports'
import { type Heard, showSame, weigh } from './repair-weigh.ts'
import { journaled, type River } from './river.ts'

/** Cases of one transaction. */
const slice = 25

/** In which there is something to undo. */
export const standing = [
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
  const heard = await heardFiles(river, database.read, repair)
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
  { vault }: Pick<River, 'vault'>,
  db: Connection,
  { case_id, facts }: Pick<RepairRecord, 'case_id' | 'facts'>,
): Promise<Heard> {
  const { files } = await readCase(db, vault, case_id)
  return files.filter(({ id }) => facts.files.includes(id))
}

/** A picture that is all but the same met the same entries: so whatever is gathered rests on one of them, or is the same bytes. */
export async function* candidates({ database, vault }: Pick<River, 'database' | 'vault'>, repair: RepairRecord) {
  const { case_id, outcome, facts } = repair
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
  // What was heard is this repair's, whatever comes of another one that holds it as well.
  const isHeard = id === repair.case_id && repair.round === 1
  if (!isHeard && (await isGathered(tx, repair.id, id))) return
  const found = await orUnreadable(readCase(tx, vault, id))
  if (found === undefined) return gatherUnreadable(river, tx, { id, repair })
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

/** One broken row must not stop the repair of all others: a person looks at it. */
async function gatherUnreadable(
  { clock, vault, log }: River,
  tx: Transaction,
  { id, repair }: { readonly id: string; readonly repair: RepairRecord },
): Promise<void> {
  log.error({ repair: repair.id, case: id }, 'ALERT: a case of a repair cannot be read; a person must look')
  await addGathered(tx, clock, vault, {
    repairId: repair.id,
    caseId: id,
    caseNumber: await caseNumber(tx, id),
    stateThen: await caseState(tx, id),
    does: 'review',
    why: 'unreadable',
    shown: { fileId: null, class: null, algorithm: null, distanceBits: null },
  })
}

/**
 * Of an account of which another case stands nobody is restored without a look: one careless repair can restore a real offender. Nor is
 * a report that is of others as well taken back, unless it is an error about all of them.
 */
async function doubtOthers({ vault }: River, tx: Transaction, repairId: string): Promise<void> {
  for (let isSettled = false; !isSettled; ) {
    isSettled = true
    for (const { case_id } of await casesOfRepair(tx, vault, repairId, { does: 'repair' })) {
      const why = (await standsBeside(tx, case_id, repairId))
        ? ('account' as const)
        : (await isBatchedWithOthers(tx, case_id, repairId))
          ? ('batched' as const)
          : undefined
      if (why === undefined) continue
      await sendToReview(tx, repairId, case_id, why)
      isSettled = false
    }
  }
}

/** Another case of the same account stands, and is not this repair's to repair, as its list has it. */
export async function standsBeside(db: Connection, caseId: string, repairId: string): Promise<boolean> {
  return !(await areToRepair(db, repairId, await standingCasesOfAccount(db, caseId, standing)))
}

async function isBatchedWithOthers(tx: Transaction, caseId: string, repairId: string): Promise<boolean> {
  const report = await reportOfCase(tx, caseId)
  if (report === undefined || !report.isBatched || report.state === 'finished' || report.state === 'filed_by_hand')
    return false
  return !(await areToRepair(tx, repairId, await casesOfReport(tx, report.id)))
}

/** Which group each case is shown in: the first file of it that the error is about stands for it. Reads outside of a transaction. */
async function byPicture({ database, vault }: River, repairId: string): Promise<ReadonlyMap<string, number>> {
  const groups: CaseFile[] = []
  const pictures = new Map<string, number>()
  for (const { case_id, shown } of await casesOfRepair(database.read, vault, repairId)) {
    if (shown.fileId === null) continue
    const file = fileOf(await readCase(database.read, vault, case_id), shown.fileId)
    const place = groups.findIndex((one) => showSame(one, file))
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
