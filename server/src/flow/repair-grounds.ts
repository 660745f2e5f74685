// Which grounds of a case a repair found to be wrong: by their places, never the entry and never its value.
import { orUnreadable, readCase } from '#cases'
import type { Connection } from '#db'
import { readRepair, repairsOfCase } from '#repairs'
import { heardFiles } from './repair-gather.ts'
import { fallsBy } from './repair-weigh.ts'
import type { River } from './river.ts'

export type WrongGround = {
  readonly fileId: string
  /** Of the file's matches, from 0. */
  readonly index: number
  /** Number of the repair. */
  readonly repair: number
}

/** By repairs that two people approved. Of what is around a picture none is wrong. */
export async function wrongGrounds(
  { vault }: Pick<River, 'vault'>,
  db: Connection,
  caseId: string,
): Promise<readonly WrongGround[]> {
  const approved = (await repairsOfCase(db, caseId)).filter(({ secondAt }) => secondAt !== null)
  if (approved.length === 0) return []
  const { files } = await readCase(db, vault, caseId)
  const wrong: WrongGround[] = []
  for (const { id, number } of approved) {
    const repair = await readRepair(db, vault, id)
    if (repair.outcome === 'context') continue
    // Where what was heard cannot be opened any more, the other cases are shown all the same.
    const heard = repair.outcome === 'match' ? await orUnreadable(heardFiles({ vault }, db, repair)) : []
    const falls = fallsBy(repair, heard ?? [])
    for (const file of files)
      for (const [index, ground] of file.grounds.entries())
        if (falls(file, ground)) wrong.push({ fileId: file.id, index, repair: number })
  }
  return wrong
}
