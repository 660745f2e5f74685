// One picture on many accounts that a person calls viral or a potential meme: their cases become one report. CyberTipline API, section 5.8.
import type { IncidentType } from '@wardline/api'
import { type Actor, record } from '#audit'
import { Fault } from '#base'
import { type CaseRecord, type CaseState, casesOfEntry, casesOfFile, readCase, samePicture } from '#cases'
import type { Connection, Transaction } from '#db'
import { enqueueNow } from '#jobs'
import { entryKey, readBulk } from '#lists'
import { createBatchedReport, isFileable, openWay, reportOfCase } from '#reports'
import { canConfirm, confirmOnly } from './decided.ts'
import { type Desk, journaled } from './river.ts'

/** Cases of one batch: what one transaction decides, and what one report names. */
const casesInBatch = 200

/** By what the cases are the same: the very bytes of a file, or an entry that was set aside. Ids of ours. */
export type BatchBy = { readonly fileId: string } | { readonly asideId: string }

/** `settling` ones settle first: a person who waits for them loses minutes, and no rule is overtaken. */
const batchable: readonly CaseState[] = ['set_aside', 'waiting_review', 'waiting_facts']

export type BatchForeseen = {
  /** Whose file would be uploaded, ours; null when no case can be taken. */
  readonly fileId: string | null
  readonly cases: readonly Numbered[]
  /** With the reason in words. */
  readonly left: readonly { readonly number: number; readonly why: string }[]
}

/** Which cases could be one report, oldest first, at most as many as a batch takes. Faults `no_such_file`, those of `readBulk`. */
export async function foreseeBatch(
  desk: Desk,
  by: BatchBy,
  incidentType?: IncidentType | undefined,
): Promise<BatchForeseen> {
  const { database, vault } = desk
  const key = await keyOf(desk, by)
  const found: Numbered[] = []
  const left: { number: number; why: string }[] = []
  let reference: Reference | undefined
  for (const { id, number } of await casesOf(desk, by, key)) {
    if (found.length === casesInBatch) {
      left.push({ number, why: full })
      continue
    }
    const one = await readCase(database.read, vault, id)
    const mine = reference ?? referenceIn(one, by)
    const why = await whyNot(desk, database.read, one, { reference: mine, key, incidentType })
    if (why !== undefined) {
      left.push({ number, why })
      continue
    }
    reference = mine
    found.push({ id, number })
  }
  return { fileId: found.length === 0 ? null : (reference?.id ?? null), cases: found, left }
}

type Numbered = { readonly id: string; readonly number: number }

const full = `a batch takes ${casesInBatch} cases; the others go into the next one`

export type Batching = {
  readonly by: Actor
  readonly of: BatchBy
  /** Numbers: a person names each. */
  readonly cases: readonly number[]
  readonly viral: boolean
  readonly potentialMeme: boolean
  readonly reason: string
  readonly incidentType?: IncidentType | undefined
}

/**
 * All of them or none: each case is confirmed by this person without viewing, and one report is made of all. Faults `not_a_person`,
 * `reason_missing`, `annotation_missing`, `batch_odd`, and `not_possible` naming the case that cannot be taken, and why.
 */
export async function batchCases(desk: Desk, batching: Batching): Promise<{ readonly reportId: string }> {
  const { database, log } = desk
  refuseOdd(batching)
  if (openWay(desk.reports).kind === 'cannot_report')
    throw refusal('not_possible', 'there are no working CyberTipline credentials; nothing was decided')
  const key = await keyOf(desk, batching.of)
  const { reportId, state } = await database.transact((tx) => batchIn(desk, tx, batching, key))
  if (state === 'needs_person')
    log.error({ report: reportId }, 'ALERT: this report cannot be written; a person must look')
  journaled(desk, 'batch', { report: reportId, cases: batching.cases.length })
  desk.wake()
  return { reportId }
}

async function batchIn(desk: Desk, tx: Transaction, batching: Batching, key: string | undefined) {
  const { clock, vault } = desk
  const { by, of, viral, potentialMeme, reason, incidentType } = batching
  const confirmed: CaseRecord[] = []
  let reference: Reference | undefined
  for (const number of batching.cases.toSorted((a, b) => a - b)) {
    const one = await readCase(tx, vault, number)
    reference ??= referenceIn(one, of)
    const why = await whyNot(desk, tx, one, { reference, key, incidentType })
    if (why !== undefined) throw refusal('not_possible', `case ${number} cannot be in this batch: ${why}`)
    await confirmOnly(desk, tx, one, { by, reason, incidentType })
    confirmed.push(await readCase(tx, vault, one.id))
  }
  const records = confirmed.filter(isFileable)
  if (reference === undefined || records.length !== confirmed.length) throw new Error('a batch of what is never sent')
  const batch = { fileId: reference.id, viral, potentialMeme }
  const { reportId, state } = await createBatchedReport(tx, clock, vault, { records, batch, settings: desk.reports })
  await record(tx, clock, {
    actor: by,
    act: 'batch_cases',
    subject: reportId,
    detail: { cases: records.length, viral, potentialMeme, viewed: false },
  })
  if (state !== 'needs_person')
    await enqueueNow(tx, clock, { kind: 'file', subject: reportId, uniqueKey: `file ${reportId}` })
  return { reportId, state }
}

function refuseOdd({ by, cases, viral, potentialMeme, reason }: Batching): void {
  if (!by.startsWith('person:')) throw refusal('not_a_person', 'only a person decides about a case')
  if (reason.trim() === '') throw refusal('reason_missing', 'a batch needs a reason')
  if (!viral && !potentialMeme)
    throw refusal('annotation_missing', 'say whether the picture is viral, a potential meme, or both: it is your word')
  if (cases.length < 2 || cases.length > casesInBatch || new Set(cases).size !== cases.length)
    throw refusal(
      'batch_odd',
      `a batch is 2 to ${casesInBatch} different cases; of one case the ordinary report says more`,
    )
}

type Reference = CaseRecord['files'][number]

/** The file that goes: the named bytes, or of an entry those of the oldest case. */
function referenceIn({ files }: CaseRecord, by: BatchBy): Reference | undefined {
  const originals = files.filter(({ copyOf }) => copyOf === undefined)
  return 'fileId' in by ? (originals.find(({ id }) => id === by.fileId) ?? originals[0]) : originals[0]
}

type Asked = {
  readonly reference: Reference | undefined
  /** Of the entry; undefined where the bytes decide. */
  readonly key: string | undefined
  readonly incidentType: IncidentType | undefined
}

/** Why this case needs a report of its own, in words; undefined when it does not. */
async function whyNot(desk: Desk, db: Connection, found: CaseRecord, asked: Asked): Promise<string | undefined> {
  const { reference, key, incidentType } = asked
  if (!batchable.includes(found.state)) return `it is "${found.state}"`
  if (found.isTest) return 'a test card made it'
  if (found.context.account === undefined) return 'no account is known, and such a report names nothing else'
  if ((await reportOfCase(db, found.id)) !== undefined) return 'it is in a report already'
  if (found.supplements.length > 0 || found.furtherSupplements > 0)
    return 'supplements came with it, which such a report has no room for'
  const originals = found.files.filter(({ copyOf }) => copyOf === undefined)
  const [file] = originals
  if (file === undefined || reference === undefined || originals.length > 1) return 'it holds other files as well'
  const isSame = key === undefined ? file.digests.sha256 === reference.digests.sha256 : samePicture(file, reference)
  if (!isSame) return 'its file is not the same picture'
  if (key !== undefined && !file.grounds.some((ground) => entryKey(desk.vault, ground) === key))
    return 'its file did not meet that entry'
  if (!canConfirm(desk, found, incidentType)) return 'it cannot be confirmed so (`wardline cases confirm` says why)'
  return undefined
}

async function keyOf({ database, vault }: Desk, by: BatchBy): Promise<string | undefined> {
  return 'fileId' in by ? undefined : (await readBulk(database.read, vault, by.asideId)).entryKey
}

const page = 500

async function casesOf(
  { database: { read } }: Desk,
  by: BatchBy,
  key: string | undefined,
): Promise<readonly Numbered[]> {
  if ('fileId' in by) return casesOfFile(read, by.fileId)
  const all: Numbered[] = []
  for (let after = 0; ; ) {
    const cases = await casesOfEntry(read, { entryKey: key ?? '', states: batchable, after, limit: page })
    all.push(...cases)
    after = cases.at(-1)?.number ?? after
    if (cases.length < page) return all
  }
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
