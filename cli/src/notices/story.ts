// One notice in lines for a person at a terminal: where it stands, why, every try, and what to do next.
import type { showNotice } from '@wardline/server/notices'
import { moment, momentOr } from '../moment.ts'

type Story = Omit<Awaited<ReturnType<typeof showNotice>>, 'told'>

export function tellNotice(notice: Story, numberOf: (caseId: string) => string): string[] {
  const { id, kind, addressee, channel, caseId, reportId, rule, createdAt, dueAt, sentAt, appealBy, isTest } = notice
  return [
    `Notice ${id} (${kind}) to the ${addressee}, by ${channel}: ${standing(notice)}`,
    ...(isTest ? ['  TEST: a test card made it'] : []),
    `  ${numberOf(caseId)}, report ${reportId ?? 'none'}; rule: ${rule}`,
    `  planned ${moment(createdAt)}, due ${moment(dueAt)}, sent ${momentOr(sentAt, 'not yet')}`,
    ...(appealBy === null ? [] : [`  its reader may object until ${moment(appealBy)}`]),
    ...(notice.releasedAt === null ? [] : [`  released by a person on ${moment(notice.releasedAt)}`]),
    ...notice.tries.map(
      ({ number, begunAt, endedAt, outcome, why }) =>
        `  try ${number}: begun ${moment(begunAt)}, ${endedAt === null ? 'cut off; nobody knows whether it arrived' : `${outcome} ${moment(endedAt)}`}${why === null ? '' : ` (${why})`}`,
    ),
    ...next(notice).map((line) => `  -> ${line}`),
  ]
}

function standing({ state, reason, waits, changedAt }: Story): string {
  if (waits?.for === 'legal_hold') return `waiting (legal hold until ${moment(waits.until)})`
  if (waits?.for === 'release') return 'waiting (a person must release it)'
  if (waits?.for === 'repair') return 'waiting (people decide first whether its case was an error)'
  const why = reason === null ? '' : ` (${reason})`
  return `${state}${why}, since ${moment(changedAt)}`
}

function next({ id, state, reason, waits, release, channel }: Story): string[] {
  if (waits?.for === 'legal_hold')
    return ['it goes by itself when the hold ends; `wardline notices hold list --as EMAIL`']
  if (waits?.for === 'release')
    return [`${because[release ?? 'filed_by_hand']}: \`wardline notices release ${id} --as EMAIL --reason TEXT\``]
  if (waits?.for === 'repair')
    return [
      'a case that it speaks for may turn out to be an error: `wardline repair list` shows what two people decide, `wardline cases list --state reviewed_again` what a person looks at again; a case that stands is told then, one that is repaired never',
    ]
  if (waits?.for === 'delay') return [`it goes by itself at ${moment(waits.until)}`]
  if (waits?.for === 'platform')
    return [
      channel === 'pull'
        ? 'your platform fetches it (GET /v1/notices/due) and answers for it'
        : 'it is sent to your platform’s webhook; `wardline webhooks list` says how that goes',
    ]
  if (waits?.for === 'try') return ['it is tried again by itself; `wardline doctor` tries the mail server']
  if (state === 'dead') return [`mend what is in the way, then \`wardline notices retry ${id}\``]
  if (state === 'not_sent') return [unsent[reason ?? ''] ?? 'nothing more happens']
  return []
}

const because = {
  high_priority: 'the report was escalated: telling its user may cost evidence, or a child',
  known_victim: 'the report names or shows a child: one that the user may reach, or the user may be that child',
  filed_by_hand: 'the report was filed by hand: only who filed it knows what it says, and whether somebody was told',
} as const

const unsent: Readonly<Record<string, string>> = {
  policy_off: 'the operator’s policy (notices.enabled, notices.policy) tells nobody here',
  no_address: 'the platform gave no address of the holder; later reports of this account may have one',
  address_unverified: 'the platform says that the address is unproven: it may be a stranger’s',
  no_operator_address: 'set selftest.operatorEmail and try another card',
  repaired: 'its report was an error: nobody is accused of it any more',
  dismissed: 'its case was dismissed since: nobody is accused of it any more',
  restored: 'what was decided since is told instead',
  appeal_overturned: 'what was decided since is told instead',
}
