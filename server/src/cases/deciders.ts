// Who has taken a decision about a case, for ever: none of them hears an appeal about it, nor overrules one.
import type { Actor } from '#audit'
import type { Connection, Transaction } from '#db'

/** In the transaction of the decision. Of anybody but a person nothing is written: a rule decides nothing twice. */
export async function recordDecider(tx: Transaction, caseId: string, by: Actor): Promise<void> {
  if (!by.startsWith('person:')) return
  await tx
    .insertInto('case_deciders')
    .values({ case_id: caseId, person: by.slice('person:'.length) })
    .onConflict((on) => on.doNothing())
    .execute()
}

/** This person has decided about this case before. */
export async function hasDecided(db: Connection, caseId: string, by: Actor): Promise<boolean> {
  const row = await db
    .selectFrom('case_deciders')
    .select('person')
    .where('case_id', '=', caseId)
    .where('person', '=', by.replace(/^person:/, ''))
    .executeTakeFirst()
  return row !== undefined
}
