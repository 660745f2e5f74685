// What a hearer says is wrong, by its place among the files and grounds of the cases that stand, and what of it belongs to which case.
import { Fault } from '#base'
import type { CaseRecord } from '#cases'
import { nameText } from '#lists'
import type { Seat } from './store-seats.ts'

export type AppealOutcome = NonNullable<Seat['outcome']>

/** A ground of a case's file, by its place among them, from 0: nobody handles what stands behind it. */
export type NamedGround = { readonly fileId: string; readonly index: number }

export type WrongCase = {
  readonly caseId: string
  readonly grounds: readonly NamedGround[]
  readonly files: readonly string[]
}

export type Named = {
  readonly grounds?: readonly NamedGround[] | undefined
  readonly files?: readonly string[] | undefined
}
type Asked = Named & { readonly outcome: AppealOutcome }

/** Faults `grounds_missing`, `ground_unknown`, `file_not_of_case`. */
export function namedIn(cases: readonly CaseRecord[], { outcome, grounds = [], files: asked }: Asked): Named {
  const files = cases.flatMap((one) => one.files)
  if (outcome === 'overturned_entry') {
    if (grounds.length === 0)
      throw refusal('grounds_missing', 'name the grounds whose entry is wrong, as the appeal shows them')
    for (const { fileId, index } of grounds) {
      const ground = files.find(({ id }) => id === fileId)?.grounds[index]
      // An entry that calls a match a false alarm grounds nothing.
      if (ground === undefined || ground.class === 'never_match')
        throw refusal('ground_unknown', 'this case has no such ground: look at the appeal again')
    }
    return { grounds: grounds.map(({ fileId, index }) => ({ fileId, index })) }
  }
  if (outcome !== 'overturned_match') return {}
  if (asked?.some((one) => files.every(({ id }) => id !== one)))
    throw refusal('file_not_of_case', 'this case has no such file')
  return { files: asked === undefined || asked.length === 0 ? files.map(({ id }) => id) : [...new Set(asked)] }
}

/** By case. An entry that two of them rest on is wrong once: its repair gathers both. */
export function wrongIn(
  cases: readonly CaseRecord[],
  outcome: AppealOutcome,
  { grounds = [], files = [] }: Named,
): readonly WrongCase[] {
  if (outcome === 'upheld') return []
  const entries = new Set<string>()
  return cases.flatMap((one) => {
    const entryOf = ({ fileId, index }: NamedGround) => {
      const ground = one.files.find(({ id }) => id === fileId)?.grounds[index]
      return ground && nameText(ground)
    }
    const own = grounds.filter((ground) => !entries.has(entryOf(ground) ?? '') && entryOf(ground) !== undefined)
    for (const ground of own) entries.add(entryOf(ground) ?? '')
    const wrong = {
      caseId: one.id,
      grounds: own,
      files: files.filter((id) => one.files.some((file) => file.id === id)),
    }
    const isWrong = outcome === 'overturned_context' || wrong.grounds.length + wrong.files.length > 0
    return isWrong ? [wrong] : []
  })
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
