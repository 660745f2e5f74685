// Where a case, a notice or an appeal began, by the trail: looked up for the lines of one page, so that nothing has to be remembered.
import { linesAbout, type TrailLine } from '#audit'
import type { Connection } from '#db'

/** A line with its detail read. */
export interface Line {
  readonly at: number
  readonly act: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
}

export const lineOf = ({ at, act, subject, detail }: Omit<TrailLine, 'seq'>): Line => ({
  at,
  act,
  subject,
  detail: JSON.parse(detail) as Readonly<Record<string, unknown>>,
})

export interface CaseOrigin {
  readonly openedAt: number
  readonly route: 'report' | 'review' | 'unknown'
  /** Empty: not known, since it was opened under a version that did not write it down. */
  readonly lists: ReadonlySet<string>
  readonly isTest: boolean
}

/** Also what joined it: a later find may rest on another list. */
export async function originsOfCases(
  db: Connection,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, CaseOrigin>> {
  const opened = (await linesAbout(db, { subjects: caseIds, acts: ['open_case'] })).map(lineOf)
  const joined = await linesAbout(db, { subjects: caseIds, acts: ['join_case'], holding: '"lists":' })
  const joins = Map.groupBy(joined.map(lineOf), ({ subject }) => subject)
  return new Map(
    opened.map(({ subject, at, detail }) => [
      subject,
      {
        openedAt: at,
        route: detail['route'] === 'report' || detail['route'] === 'review' ? detail['route'] : 'unknown',
        lists: new Set([detail, ...(joins.get(subject) ?? []).map((one) => one.detail)].flatMap(listsOf)),
        isTest: detail['test'] === true,
      },
    ]),
  )
}

const listsOf = ({ lists }: Line['detail']): string[] =>
  typeof lists === 'string' && lists !== '' ? lists.split(',') : []

/** The first line of each subject with one of these acts. */
export async function firstOf(
  db: Connection,
  subjects: readonly string[],
  acts: readonly string[],
): Promise<ReadonlyMap<string, Line>> {
  const lines = (await linesAbout(db, { subjects, acts })).map(lineOf)
  return new Map(lines.reverse().map((line) => [line.subject, line]))
}

export const textIn = (detail: Line['detail'], key: string): string | undefined => {
  const value = detail[key]
  return typeof value === 'string' ? value : undefined
}
