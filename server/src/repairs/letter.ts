// The correction for NCMEC: a letter that a person sends to the contact for providers, since a finished report cannot be changed.
import { z } from 'zod'
import { type Actor, linesAbout, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Connection, Database, Transaction } from '#db'
import type { Vault } from '#vault'
import type { RepairRecord } from './records.ts'

const kept = z.strictObject({ text: z.string() })
const place = (id: string) => `repairs.letter_sealed:${id}`

export type Corrected = {
  /** NCMEC's own id of the report. */
  readonly remoteId: string
  readonly reportId: string
  /** Whom it is about, where the report is of several accounts. */
  readonly account: string | null
}

const becauses = {
  entry: 'the list entry that these reports rest on was found to be wrong, so the files are not what it says',
  match: 'the files look like one on a list and are not what it shows',
  context: 'on appeal, the reported use was found to be none that should have been reported',
} as const

/** For NCMEC to read. */
export function becauseOf({ outcome, facts }: Pick<RepairRecord, 'outcome' | 'facts'>): string {
  return `On review after an appeal: ${becauses[outcome]}. Reason given by the person who decided: ${facts.reason}`
}

/** Written once all of a repair's cases are closed. Nothing when no finished report has to be corrected. */
export async function keepLetter(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  {
    repair,
    reports,
    platform,
  }: {
    readonly repair: RepairRecord
    readonly reports: readonly Corrected[]
    readonly platform: string | undefined
  },
): Promise<void> {
  if (reports.length === 0 || repair.hasLetter) return
  const now = clock.now()
  await tx
    .updateTable('repairs')
    .set({
      letter_reports: reports.length,
      letter_sealed: vault.sealJson(place(repair.id), { text: textOf(repair, reports, platform, now) }),
      letter_at: now,
      changed_at: now,
    })
    .where('id', '=', repair.id)
    .execute()
  const detail = { reports: reports.length }
  await record(tx, clock, { actor: 'wardline', act: 'write_correction', subject: repair.id, detail })
}

function textOf(
  { id, outcome, facts }: RepairRecord,
  reports: readonly Corrected[],
  platform: string | undefined,
  now: number,
): string {
  const those = reports.length === 1 ? 'the CyberTipline report below was' : 'the CyberTipline reports below were'
  return [
    'Subject: Correction of CyberTipline reports submitted in error',
    '',
    `We write for ${platform ?? '(name of the service)'}. On review after an appeal, ${those} found to have been`,
    `submitted in error: ${becauses[outcome]}.`,
    '',
    `Reason given by the person who decided: ${facts.reason}`,
    '',
    'We ask that this be noted at each report and passed on to whoever received it:',
    '',
    ...reports.map(
      ({ remoteId, reportId, account }) =>
        `  CyberTipline report ${remoteId}, our reference ${reportId}${account === null ? '' : `, only as far as it concerns the account ${account}`}`,
    ),
    '',
    `Our reference for this correction: ${id}, ${new Date(now).toISOString().slice(0, 10)}.`,
    'The contents of the reports are preserved for the time that the law asks for.',
    '',
  ].join('\n')
}

export type LetterView = {
  readonly text: string
  readonly reports: number
  readonly writtenAt: number
  readonly sentAt: number | null
}

/** The line in the trail is written before anything is opened. Faults `not_a_person`, `no_letter`. */
export async function openLetter(
  database: Database,
  clock: Clock,
  vault: Pick<Vault, 'unsealJson'>,
  { repairId, by }: { readonly repairId: string; readonly by: Actor },
): Promise<LetterView> {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'a letter to NCMEC is opened by a person, by name', { retry: 'never' })
  const { letter_sealed, letter_at, letter_reports, letter_sent_at } = await database.transact(async (tx) => {
    const row = await letterRow(tx, repairId)
    await record(tx, clock, { actor: by, act: 'open_correction', subject: repairId })
    return row
  })
  const { text } = kept.parse(vault.unsealJson(place(repairId), letter_sealed))
  return { text, reports: letter_reports, writtenAt: letter_at, sentAt: letter_sent_at }
}

/**
 * By the word of the person who sent it. A second time changes nothing. Faults `not_a_person`, `no_letter`, and `not_possible` where the trail
 * says that nobody has opened it: it cannot be taken back.
 */
export async function markLetterSent(
  tx: Transaction,
  clock: Clock,
  { repairId, by }: { readonly repairId: string; readonly by: Actor },
): Promise<void> {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person can say that they sent a letter', { retry: 'never' })
  const { letter_sent_at, number } = await letterRow(tx, repairId)
  if (letter_sent_at !== null) return
  const opened = await linesAbout(tx, { subjects: [repairId], acts: ['open_correction'] })
  if (opened.length === 0)
    throw new Fault(
      'not_possible',
      `nobody has opened the letter of repair ${number}, so nobody can have sent it: \`wardline repair letter ${number} --as EMAIL\` shows it`,
      { retry: 'never' },
    )
  const now = clock.now()
  await tx
    .updateTable('repairs')
    .set({ letter_sent_at: now, letter_sent_by: by, changed_at: now })
    .where('id', '=', repairId)
    .execute()
  await record(tx, clock, { actor: by, act: 'send_correction', subject: repairId })
}

async function letterRow(db: Connection, repairId: string) {
  const row = await db
    .selectFrom('repairs')
    .select(['number', 'state', 'letter_sealed', 'letter_at', 'letter_reports', 'letter_sent_at'])
    .where('id', '=', repairId)
    .executeTakeFirst()
  const { letter_sealed = null, letter_at = null } = row ?? {}
  if (row === undefined || letter_sealed === null || letter_at === null)
    throw new Fault(
      'no_letter',
      row?.state === 'refused'
        ? 'there is no letter: the repair was refused, and its reports stand'
        : 'there is no letter: none of its reports is finished, or its cases are not all closed yet',
      { retry: 'never' },
    )
  return { ...row, letter_sealed, letter_at }
}
