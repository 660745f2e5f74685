// One appeal, told in lines for its hearer: the words, what was found and how near, who decided before, never a hash value.
import type { AppealStory } from '@wardline/server/appeals'
import type { RepairsOfAppeal } from '@wardline/server/repairs'
import { distanceOf } from './case-story.ts'
import { moment, momentOr } from './moment.ts'

export type ToldAppeal = AppealStory &
  RepairsOfAppeal & {
    /** Of a person's id, or an actor. */
    readonly nameOf: (person: string) => string
  }

export function tellAppeal(story: ToldAppeal): string[] {
  const { number, id, state, caseNumber, isTest, openedAt, dueAt, decidedAt } = story
  return [
    `Appeal ${number} (${id}): ${state}`,
    ...tellCases(story),
    ...(isTest ? ['  TEST: a test card made its case; nothing real is in it'] : []),
    `  about case ${caseNumber} (\`wardline cases show ${caseNumber}\` tells all of it)`,
    `  opened ${moment(openedAt)}, ${decidedAt === null ? `to be decided by ${moment(dueAt)}` : `decided ${moment(decidedAt)}`}`,
    ...(story.repairNumber === null
      ? []
      : [
          `  answered by repair ${story.repairNumber} before anybody heard it to its end (\`wardline repair show ${story.repairNumber}\`)`,
        ]),
    ...tellWaits(story),
    ...story.words.flatMap(({ receivedAt, door, words, isLater }) => [
      `Written ${moment(receivedAt)} (by ${doors[door]})${isLater ? ', when it was decided already' : ''}:`,
      ...words.split('\n').map((line) => `  | ${line}`),
    ]),
    ...tellDecisions(story),
    ...story.files.flatMap(({ id: fileId, why, matches, copyOf }, place) => [
      `File ${place + 1} (${fileId})${copyOf === null ? '' : `, a copy of ${copyOf.fileId}`}${ofCase(story, fileId)}`,
      `  held because: ${why}`,
      ...matches.map(
        (match, at) => `  ground ${place + 1}:${at + 1}  ${match.class}: ${distanceOf(match)}, list "${match.listId}"`,
      ),
    ]),
    ...tellHearings(story),
    ...tellRefused(story),
  ]
}

function tellWaits({ waits, assignedTo, state, nameOf }: ToldAppeal): string[] {
  if (waits !== null) return [`  NOBODY CAN HEAR IT: ${waits.words}`, `  ${waits.next}`]
  if (assignedTo !== null) return [`  ${nameOf(assignedTo)} hears it${state === 'second_look' ? ' (second look)' : ''}`]
  return state === 'waiting' || state === 'second_look'
    ? ['  a running server gives it to somebody within a minute']
    : []
}

/** One notice tells of all cases of a report that are of one account. */
function tellCases({ cases }: ToldAppeal): string[] {
  if (cases.length < 2) return []
  const named = cases.map(({ number, state }) => `${number} (${state})`).join(', ')
  return [`  its notice speaks for ${cases.length} cases, and so does it: ${named}`]
}

const ofCase = ({ cases }: ToldAppeal, fileId: string): string =>
  cases.length < 2 ? '' : `, of case ${cases.find(({ files }) => files.includes(fileId))?.number ?? '?'}`

function tellDecisions({ cases, nameOf }: ToldAppeal): string[] {
  return cases.flatMap(({ number, decision }) =>
    tellDecision({ what: cases.length < 2 ? 'The case' : `Case ${number}`, decision, nameOf }),
  )
}

type Decided = Pick<ToldAppeal, 'decision' | 'nameOf'> & { readonly what: string }

function tellDecision({ what, decision, nameOf }: Decided): string[] {
  if (decision === null) return [`${what} was filed by rule: nobody decided about it`]
  return [
    `${what} was decided by ${nameOf(decision.by)} on ${moment(decision.at)}, ${decision.viewed ? 'after viewing' : 'without viewing'}`,
    ...(decision.reason === null ? [] : [`  reason: ${decision.reason}`]),
  ]
}

function tellHearings({ hearings, files, nameOf }: ToldAppeal): string[] {
  const place = (fileId: string) => files.findIndex(({ id }) => id === fileId) + 1
  return hearings.flatMap(({ round, person, assignedAt, endedAt, ending, outcome, reason, grounds, files: named }) => [
    `${round === 2 ? 'Second look' : 'Hearing'} by ${nameOf(person)}, since ${moment(assignedAt)}: ${
      ending === null
        ? 'not decided'
        : `${ending === 'decided' ? (outcome ?? ending) : endings[ending]}, ${momentOr(endedAt, '?')}`
    }`,
    ...(reason === null ? [] : [`  reason: ${reason}`]),
    ...(grounds.length === 0
      ? []
      : [`  wrong entries: ground ${grounds.map(({ fileId, index }) => `${place(fileId)}:${index + 1}`).join(', ')}`]),
    ...(named.length === 0 ? [] : [`  not what was matched: file ${named.map(place).join(', ')}`]),
  ])
}

/** Why it is heard once more. */
function tellRefused({ refusedRepairs, nameOf }: ToldAppeal): string[] {
  return refusedRepairs.flatMap(({ number, refusals }) => [
    `Repair ${number}, which a hearing of it began, was refused, and it is heard anew (\`wardline repair show ${number}\`)`,
    ...refusals.map(({ by, at, reason }) => `  by ${nameOf(by)}, ${moment(at)}: ${reason}`),
  ])
}

const doors = { link: 'the link of the notice', api: 'the platform', mail: 'mail' } as const
const endings = {
  handed_back: 'given back',
  moved: 'taken from them by an administrator',
  unfit: 'could not hear it any more',
  settled: 'a repair answered it',
} as const
