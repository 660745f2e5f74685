// One case, told in lines for a person at a terminal: what was found and how near, what was done, never a hash value.
import type { AppealView } from '@wardline/server/appeals'
import type { showCase } from '@wardline/server/cases'
import type { NoticeView, Waits } from '@wardline/server/notices'
import type { Lack, ReportView } from '@wardline/server/reports'
import { tellActionability, tellWritten } from './actionability.ts'
import { tellLaterWords } from './later-words.ts'
import { moment, momentOr } from './moment.ts'
import { type StoryRepairs, tellRepairs, tellWrong } from './repair/of-case.ts'

export type CaseStory = Awaited<ReturnType<typeof showCase>> & {
  /** The name of the person who decided. */
  readonly decider: string | null
  /** Of the report as it would be now; null where none can be made. */
  readonly actionability: { readonly score: number; readonly lacking: readonly Lack[] } | null
  readonly report: ReportView | null
  /** With what each waits for; null: for nothing. */
  readonly notices: readonly (NoticeView & { readonly waits: Waits | null })[]
  readonly appeals: readonly AppealView[]
  readonly repairs: StoryRepairs
}

export function tellCase(story: CaseStory): string[] {
  return [
    `Case ${story.number} (${story.id}): ${story.state}`,
    ...(story.isTest
      ? ['  TEST: a test card made it; nothing real is in it (`wardline selftest clean` removes it)']
      : []),
    `  ${story.environment}, by the way of ${story.route}; surface ${story.surface}${story.jurisdiction === null ? '' : `, jurisdiction ${story.jurisdiction}`}`,
    `  opened ${moment(story.openedAt)}, last changed ${moment(story.changedAt)}`,
    ...(story.state === 'settling'
      ? [
          `  filed by rule from ${moment(story.settlesAt)} on; at once, in your words, when you confirm it (\`wardline cases confirm ${story.number}\`)`,
        ]
      : []),
    ...(story.state === 'set_aside'
      ? ['  waits: an entry it rests on was hit by too many accounts (`wardline lists set-aside list`)']
      : []),
    ...(story.state === 'waiting_facts' && story.factsDueAt !== null
      ? [
          `  waits for the platform to say more (POST /v1/scans/ID/context); filed as it is at ${moment(story.factsDueAt)}, or when it is confirmed`,
        ]
      : []),
    ...tellScore(story),
    ...story.files.flatMap((file, index) => tellFile(file, index + 1, story)),
    ...tellAround(story),
    ...tellLookUp(story),
    ...tellDecision(story),
    ...tellReport(story.report),
    ...story.notices.map(tellNotice),
    ...story.appeals.flatMap(tellAppeal),
    ...tellRepairs(story),
  ]
}

/** A date that is past says nothing of what waits for a person or a court. */
function tellNotice({
  id,
  kind,
  addressee,
  state,
  reason,
  sentAt,
  dueAt,
  changedAt,
  waits,
}: CaseStory['notices'][number]): string {
  const of = `Notice${kind === 'reported' ? '' : ` (${kind})`} to the ${addressee}: ${state}`
  const why = reason === null ? '' : ` (${reason})`
  if (waits?.for === 'release')
    return `${of}${why}, a person must release it (\`wardline notices release ${id} --as EMAIL --reason TEXT\`)`
  if (waits?.for === 'repair')
    return `${of}${why}, people decide first whether its case was an error (\`wardline repair list\`, \`wardline cases list --state reviewed_again\`)`
  if (waits?.for === 'legal_hold') return `${of}${why}, legal hold until ${moment(waits.until)}`
  if (state === 'not_sent' || state === 'dead') return `${of}${why}, since ${moment(changedAt)}`
  return `${of}${why}, ${sentAt === null ? `due ${moment(dueAt)}` : moment(sentAt)}`
}

function tellAppeal({ number, state, openedAt, dueAt, decidedAt, words }: AppealView): string[] {
  return [
    `Appeal ${number} of ${moment(openedAt)}: ${state}, ${decidedAt === null ? `to be decided by ${moment(dueAt)}` : `since ${moment(decidedAt)}`} (\`wardline appeals show ${number}\`)`,
    ...words.flatMap((one) => [
      `  ${moment(one.receivedAt)}, in the account holder's own words${one.isLater ? ', when it was decided already' : ''}:`,
      ...one.words.split('\n').map((line) => `  | ${line}`),
    ]),
  ]
}

function tellScore({ actionability, report, state }: CaseStory): string[] {
  if (state === 'dismissed') return []
  if (report !== null) return tellWritten(report)
  return actionability === null ? [] : tellActionability(actionability)
}

function tellFile(file: CaseStory['files'][number], place: number, { views, decision, repairs }: CaseStory): string[] {
  const { id, sizeBytes, pictures, matches, why, occurrences, furtherOccurrences, addedAt, copyOf, unread } = file
  const chosen = decision?.files?.find(({ fileId }) => fileId === id)
  const times = occurrences.length + furtherOccurrences
  const sizes = pictures.map(({ width, height, quality }) => `${width}x${height}, quality ${quality}`).join('; ')
  return [
    `File ${place} (${id}), of ${sizeBytes} bytes, since ${moment(addedAt)}, came in ${times === 1 ? 'once' : `${times} times`}${sizes === '' ? '' : ` (${sizes})`}`,
    ...(copyOf === null
      ? []
      : [
          `  a copy, ${copyOf.distanceBits} of 256 bits from ${copyOf.fileId}: kept as evidence and told in that file's words, not uploaded`,
        ]),
    `  held because: ${why}`,
    ...(unread === null
      ? []
      : [`  NOT READ TO ITS END (${unread.replaceAll('_', ' ')}): the rest was compared with nothing`]),
    ...matches.map((match) => `  ${match.class}: ${distanceOf(match)}, list "${match.listId}"`),
    ...tellWrong(id, repairs),
    ...occurrences.flatMap(tellLaterWords),
    ...views
      .filter(({ fileId }) => fileId === id)
      .map(({ displayed, at }) => `  displayed to a person (${displayed}) on ${moment(at)}`),
    ...(chosen?.classification === undefined
      ? []
      : [`  classified by the person who decided: ${chosen.classification}`]),
    ...(chosen?.annotations?.length ? [`  annotated by the person who decided: ${chosen.annotations.join(', ')}`] : []),
  ]
}

function tellAround({ supplements, furtherSupplements, state }: CaseStory): string[] {
  if (supplements.length === 0) return []
  const kinds = [...new Set(supplements.map(({ kind }) => kind))].join(', ')
  const more = furtherSupplements === 0 ? '' : `; ${furtherSupplements} more came and were not kept`
  return [
    `Supplements: ${supplements.length} (${kinds}), ${state === 'reported' ? 'went' : 'to go'} with the report${more}`,
  ]
}

function tellLookUp({ lookUp }: CaseStory): string[] {
  if (lookUp === null) return []
  const how = {
    waiting: `no answer yet; a report waits for it until ${moment(lookUp.waitUntil)}`,
    answered: `answered on ${momentOr(lookUp.endedAt, '?')}`,
    unknown: 'your own system knows no such account',
    given_up: 'no answer in time',
  }
  const trouble = lookUp.trouble === null ? '' : ` (${lookUp.trouble})`
  return [`Account look-up, asked on ${moment(lookUp.askedAt)}: ${how[lookUp.state]}${trouble}`]
}

function tellDecision({ decision, decider }: CaseStory): string[] {
  if (decision === null) return []
  return [
    `Decided by ${decider ?? decision.by} on ${moment(decision.at)}, ${decision.viewed ? 'after viewing' : 'without viewing'}`,
    ...(decision.reason === null ? [] : [`  reason: ${decision.reason}`]),
    ...(decision.incidentType === undefined ? [] : [`  incident type: ${decision.incidentType}`]),
    ...(decision.annotations === undefined ? [] : [`  of the whole incident: ${decision.annotations.join(', ')}`]),
    ...(decision.escalate === undefined ? [] : [`  HIGH PRIORITY: ${decision.escalate}`]),
    ...(decision.falseMatch === undefined ? [] : ['  the entries are wrong about these pictures']),
  ]
}

function tellReport(report: ReportView | null): string[] {
  if (report === null) return []
  const remote = report.remoteId === null ? '' : `, CyberTipline report ${report.remoteId}`
  return [
    `${report.isBatched ? 'Batched report' : 'Report'} ${report.id}: ${report.state}${remote}, finished ${momentOr(report.finishedAt, 'not yet')}`,
    ...(report.trouble === null ? [] : [`  trouble: ${report.trouble}`]),
    ...(report.hasReceipt ? [`  the receipt: \`wardline reports receipt ${report.id} FILE\``] : []),
  ]
}

export const distanceOf = ({ algorithm, distanceBits, radiusBits }: CaseStory['files'][number]['matches'][number]) =>
  algorithm === 'pdq'
    ? `PDQ ${distanceBits} of 256 bits away (radius ${radiusBits})`
    : `the same ${digests[algorithm] ?? algorithm}`

const digests: Readonly<Record<string, string>> = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256' }
