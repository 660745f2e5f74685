// What the person who sits over an appeal says of it, or that they give it back. Nobody else can say it, and no decider of the case.
import { z } from 'zod'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import { type CaseRecord, readCase, recordDecider } from '#cases'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { type AppealRow, appealRow, isOpen, moveAppeal } from './store.ts'
import { casesOfAppeal, isOver } from './store-about.ts'
import { decideSeat, endSeat, hasDecided, openSeat, type Seat } from './store-seats.ts'
import { type AppealOutcome, type Named, type NamedGround, namedIn, type WrongCase, wrongIn } from './wrong.ts'

export type Verdict = {
  /** Number or id. */
  readonly ref: number | string
  readonly by: Actor
  /** 2: the second look at an upheld one. */
  readonly round: 1 | 2
  readonly outcome: AppealOutcome
  readonly reason: string
  /** Of `overturned_entry`: which grounds rest on a wrong entry. At least one. */
  readonly grounds?: readonly NamedGround[] | undefined
  /** Of `overturned_match`: which files are not what was matched; all, unless said. */
  readonly files?: readonly string[] | undefined
}

export type Decided = {
  readonly appealId: string
  readonly number: number
  readonly caseId: string
  readonly noticeId: string
  readonly isTest: boolean
  /** False: upheld, and another person looks before that counts. */
  readonly isFinal: boolean
  readonly outcome: AppealOutcome
  readonly reason: string
  /** Those of its cases that are still to be undone where it overturns, and what of each is wrong; one without anything is left out. */
  readonly wrong: readonly WrongCase[]
}

const said = z.strictObject({
  reason: z.string(),
  grounds: z.array(z.strictObject({ fileId: z.string(), index: z.int() })).optional(),
  files: z.array(z.string()).optional(),
})
type Said = Named & { readonly reason: string }

export const readSaid = (vault: Vault, seatId: string, sealed: Uint8Array): Said =>
  said.parse(vault.unsealJson(`appeal_hearings.reason_sealed:${seatId}`, sealed))
const sealSaid = (vault: Vault, seatId: string, value: Said) =>
  vault.sealJson(`appeal_hearings.reason_sealed:${seatId}`, value)

/**
 * Faults: `no_such_appeal`, `not_a_person`, `decided_before` (this person took a decision about the case), `not_yours`, `not_possible`,
 * `reason_missing`, `grounds_missing`, `ground_unknown`, `file_not_of_case`.
 */
export async function decideAppeal(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  verdict: Verdict,
  { secondLook }: { readonly secondLook: boolean },
): Promise<Decided> {
  const { by, round, outcome } = verdict
  const reason = requireReason(verdict.reason)
  const appeal = await appealRow(tx, verdict.ref)
  const person = personIn(by)
  // Before who decided: whoever decided this very appeal would else hear that somebody else hears it.
  if (!isOpen(appeal.state)) throw refusal('not_possible', `this appeal is decided: "${appeal.state}"`)
  await refuseDecider(tx, appeal, person)
  const seat = await seatOf(tx, appeal, person, round)
  const about = await casesOfAppeal(tx, appeal.id)
  const cases: CaseRecord[] = []
  for (const one of about) if (!isOver(one)) cases.push(await readCase(tx, vault, one.id))
  const [first] = cases
  if (first === undefined)
    throw refusal('not_possible', 'what this appeal is about is undone or dismissed: there is nothing left to hear')
  const named = namedIn(cases, verdict)
  const reason_sealed = sealSaid(vault, seat.id, { reason, ...named })
  if (!(await decideSeat(tx, { id: seat.id, person, at: clock.now(), outcome, reason_sealed })))
    throw refusal('not_yours', 'you may not hear this appeal any more: it goes to somebody else')
  for (const { id } of about) await recordDecider(tx, id, by)
  const isFinal = !(round === 1 && outcome === 'upheld' && secondLook)
  const from = round === 1 ? 'assigned' : 'second_look'
  await moveAppeal(tx, clock, { id: appeal.id, from, to: isFinal ? outcome : 'second_look' })
  await record(tx, clock, {
    actor: by,
    act: round === 1 ? 'decide_appeal' : 'look_again_at_appeal',
    subject: appeal.id,
    detail: { case: appeal.case_id, outcome, isFinal },
  })
  const { id: appealId, number, case_id: caseId, notice_id: noticeId } = appeal
  const wrong = wrongIn(cases, outcome, named)
  return { appealId, number, caseId, noticeId, isTest: first.isTest, isFinal, outcome, reason, wrong }
}

/**
 * By the person who sits over it, who cannot or should not hear it; or taken from them by an administrator (`anyones`), who must not
 * have decided about the case either. It never comes back to that person. Answers the appeal's id. Faults as above.
 */
export async function handBack(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  {
    ref,
    by,
    reason: given,
    anyones,
  }: {
    readonly ref: number | string
    readonly by: Actor
    readonly reason: string
    readonly anyones: boolean
  },
): Promise<string> {
  const reason = requireReason(given)
  const appeal = await appealRow(tx, ref)
  const person = personIn(by)
  const seat = await openSeat(tx, appeal.id)
  if (seat?.person !== person && anyones) await refuseDecider(tx, appeal, person)
  if (seat === undefined) throw refusal('not_possible', `nobody sits over this appeal: it is "${appeal.state}"`)
  if (seat.person !== person && !anyones) throw notYours()
  const ending = seat.person === person ? 'handed_back' : 'moved'
  await endSeat(tx, { id: seat.id, at: clock.now(), ending, reason_sealed: sealSaid(vault, seat.id, { reason }) })
  await moveAppeal(tx, clock, { id: appeal.id, from: 'assigned', to: 'waiting' })
  const act = ending === 'moved' ? 'move_appeal' : 'hand_back_appeal'
  await record(tx, clock, { actor: by, act, subject: appeal.id, detail: { case: appeal.case_id, person: seat.person } })
  return appeal.id
}

async function seatOf(tx: Transaction, appeal: AppealRow, person: string, round: 1 | 2): Promise<Seat> {
  const seat = await openSeat(tx, appeal.id)
  if (seat?.person !== person) throw notYours()
  if (seat.round !== round)
    throw refusal(
      'not_possible',
      round === 1 ? 'this appeal was upheld and waits for a second look' : 'this appeal waits for its first decision',
    )
  return seat
}

/** First of all: whoever tries hears the true reason, assigned or not. */
async function refuseDecider(tx: Transaction, appeal: AppealRow, person: string): Promise<void> {
  if (await hasDecided(tx, appeal.id, person))
    throw refusal(
      'decided_before',
      'you took a decision about this case, or one that its notice speaks for as well, so somebody else hears the appeal against it',
    )
}

function personIn(by: Actor): string {
  if (!by.startsWith('person:')) throw refusal('not_a_person', 'only a person hears an appeal')
  return by.slice('person:'.length)
}

function requireReason(reason: string): string {
  if (reason.trim() === '') throw refusal('reason_missing', 'a reason must be given, in words')
  return reason.trim()
}

const notYours = () => refusal('not_yours', 'this appeal is not assigned to you')
const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
