// What repairs have to say of one case: which of its grounds was found wrong, what a person decides next, and that it was an error.
import type { CaseState } from '@wardline/server/cases'
import type { WrongGround } from '@wardline/server/flow'
import type { RepairOfCase } from '@wardline/server/repairs'
import { moment } from '../moment.ts'

export type StoryRepairs = {
  /** None that was refused. */
  readonly of: readonly RepairOfCase[]
  /** Number of one that two people have not decided yet, or that is not carried out. */
  readonly undecided: number | null
  readonly wrong: readonly WrongGround[]
}

/** The place of the ground among its file's matches, from 1. */
export const tellWrong = (file: string, { wrong }: StoryRepairs): string[] =>
  wrong
    .filter(({ fileId }) => fileId === file)
    .map(({ index, repair }) => `  ground ${index + 1} was found wrong by repair ${repair}`)

export function tellRepairs({
  number,
  state,
  repairs,
}: {
  readonly number: number
  readonly state: CaseState
  readonly repairs: StoryRepairs
}): string[] {
  if (state === 'reviewed_again') return tellAgain(number, repairs)
  return state === 'repaired' ? tellError(repairs.of) : []
}

function tellAgain(number: number, { of, undecided }: StoryRepairs): string[] {
  const last = of.findLast(({ stands }) => stands === 'in_review')
  const why = last === undefined ? '' : ` (\`wardline repair show ${last.number}\`)`
  return [
    `To be looked at again: it was reported, and something it rests on was found wrong${why}; nothing is filed either way`,
    ...(undecided === null
      ? [
          `Next: does it stand, or was it an error as well? By somebody who did not decide about it before:`,
          `  wardline repair stands ${number} --as EMAIL --reason TEXT`,
          `  wardline repair error ${number} --as EMAIL --reason TEXT`,
        ]
      : [`Next: repair ${undecided} of it is to be decided first, or carried out: wardline repair show ${undecided}`]),
  ]
}

/** Of a case that was reported, or would have been; nothing where no repair undid it. */
export function tellError(of: StoryRepairs['of']): string[] {
  const undone = of.findLast(({ does, stands }) => does === 'repair' && isUndone.includes(stands))
  if (undone === undefined) return []
  const { number, reportId, letter, takenBackBy } = undone
  return [
    `It was an error: repair ${number} undid it (\`wardline repair show ${number}\`)`,
    ...(takenBackBy === null
      ? []
      : [`  its report is taken back by ${takenBackBy.id}, which is ${takenBackBy.state.replaceAll('_', ' ')}`]),
    ...(reportId === null || letter === null
      ? []
      : [
          letter.sentAt === null
            ? `  the letter that corrects its report at NCMEC is NOT SENT: wardline repair letter ${number} --as EMAIL`
            : `  the letter that corrects its report at NCMEC was sent ${moment(letter.sentAt)}`,
        ]),
  ]
}

const isUndone: readonly RepairOfCase['stands'][] = ['closed', 'restored', 'not_taken']
