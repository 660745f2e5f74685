// For tests: people, a case that somebody decided or a rule filed, the notice about it, and words that object.
import { addPerson, type Role } from '#access'
import { caseReported, confirm, moveCase, readCase } from '#cases'
import { planNotice } from '#notices'
import { createReport } from '#reports'
import type { Ground } from '../cases/testing.ts'
import { fileable } from '../reports/testing.ts'
import { type Appealed, recordAppeal } from './record.ts'
import type { HearingSettings } from './settings.ts'

export const dayMs = 86_400_000
export const settings: HearingSettings = { withinMs: 190 * dayMs, hearingMs: 7 * dayMs, secondLook: false }

const policy = { environment: 'sandbox', enabled: true, delayMs: 0, jitterMs: 0, publicUrl: 'http://x.test' } as const

let people = 0

/** Their id. */
export async function person(ground: Ground, role: Role = 'reviewer'): Promise<string> {
  people += 1
  const email = `p${people}@example.org`
  const added = await ground.transact((tx) => addPerson(tx, ground.clock, { name: `P${people}`, email, roles: [role] }))
  return added.id
}

export interface Told {
  readonly caseId: string
  readonly noticeId: string
}

/** A case whose report has a notice; confirmed by this person, or filed by rule. */
export async function told(ground: Ground, decider?: string): Promise<Told> {
  const { clock, vault } = ground
  const route = decider === undefined ? 'report' : 'review'
  const { caseId } = await ground.found({
    route,
    context: { surface: 'upload', account: { id: '7', email: 'a@example.org' } },
  })
  return ground.transact(async (tx) => {
    if (decider === undefined) await moveCase(tx, clock, caseId, 'settled')
    else await confirm(tx, clock, vault, { caseId, by: `person:${decider}` })
    const record = fileable(await readCase(tx, vault, caseId))
    const settings = { environment: 'sandbox', reporter: { email: 'trust@example.org' } } as const
    const { reportId } = await createReport(tx, clock, vault, { record, settings })
    const finished = { state: 'finished', finished_at: clock.now() } as const
    await tx.updateTable('reports').set(finished).where('id', '=', reportId).execute()
    await caseReported(tx, clock, vault, { caseId, event: 'report_finished', finishedAt: clock.now() })
    const { noticeId } = await planNotice(tx, clock, vault, { reportId, record, finishedAt: clock.now(), policy })
    return { caseId, noticeId }
  })
}

/** Another case of the same account in the same report: the one notice speaks for both. Its id. */
export async function alsoTold(ground: Ground, { noticeId }: Told): Promise<string> {
  const account = { id: '7', email: 'a@example.org' }
  const { caseId } = await ground.found({ context: { surface: 'upload', account } })
  const { read } = ground.database
  const { report_id } = await read
    .selectFrom('notices')
    .select('report_id')
    .where('id', '=', noticeId)
    .executeTakeFirstOrThrow()
  if (report_id === null) throw new Error('a notice about no report')
  await read.insertInto('report_cases').values({ report_id, case_id: caseId }).execute()
  await read.updateTable('cases').set({ state: 'reported' }).where('id', '=', caseId).execute()
  return caseId
}

export const appealed = (ground: Ground, { noticeId }: Told, words = 'It was my cat.'): Promise<Appealed> =>
  ground.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, { noticeId, words, door: 'link', settings }))
