// An appeal with what its hearer needs beside the words: what was found and how near, and who decided. Never a hash value.
import { showCase } from '#cases'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { casesOfAppeal } from './store-about.ts'
import { type AppealShown, showAppeal } from './views.ts'
import { type Waits, waitsOf } from './waits.ts'

type ShownCase = Awaited<ReturnType<typeof showCase>>

export type AppealStory = Omit<AppealShown, 'nobody'> & {
  readonly caseNumber: number
  readonly isTest: boolean
  /** All that its notice speaks for, by number: the files are theirs. */
  readonly cases: readonly (Pick<ShownCase, 'number' | 'state' | 'decision'> & { readonly files: readonly string[] })[]
  readonly files: readonly Pick<ShownCase['files'][number], 'id' | 'why' | 'matches' | 'copyOf' | 'occurrences'>[]
  /** Of the case that it names. Null: filed by rule, decided by nobody. */
  readonly decision: ShownCase['decision']
  /** Null: somebody hears it or could, or it is decided. */
  readonly waits: Waits | null
}

/** By number or id. Fault `no_such_appeal`. */
export async function appealStory(db: Connection, vault: Vault, ref: number | string): Promise<AppealStory> {
  const { nobody, ...shown } = await showAppeal(db, vault, ref)
  const cases: ShownCase[] = []
  for (const { id } of await casesOfAppeal(db, shown.id)) cases.push(await showCase(db, vault, id))
  const own = cases.find(({ id }) => id === shown.caseId)
  if (own === undefined) throw new Error('an appeal is about the case that it names')
  const { number: caseNumber, isTest, decision } = own
  const files = cases.flatMap((one) => one.files)
  return {
    ...shown,
    caseNumber,
    isTest,
    decision,
    cases: cases.map(({ number, state, decision, files }) => ({
      number,
      state,
      decision,
      files: files.map(({ id }) => id),
    })),
    files: files.map(({ id, why, matches, copyOf, occurrences }) => ({ id, why, matches, copyOf, occurrences })),
    waits: nobody === null ? null : waitsOf(nobody),
  }
}
