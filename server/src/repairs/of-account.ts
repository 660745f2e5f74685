// The cases of one account in a repair: its holder hears of them together, once.
import type { Connection, Transaction } from '#db'
import { toRestore } from './listed.ts'

/**
 * The restored cases that nobody was told of yet, one list for each account of which nothing is left to be restored. caseId: only of
 * this one's account.
 */
export async function untoldAccounts(
  db: Connection,
  repairId: string,
  caseId?: string,
): Promise<readonly (readonly string[])[]> {
  const rows = await db
    .selectFrom('repair_cases')
    .innerJoin('cases', 'cases.id', 'repair_cases.case_id')
    .select(['repair_cases.case_id', 'repair_cases.state', 'repair_cases.notice_id', 'cases.account_hmac as account'])
    .where('repair_cases.repair_id', '=', repairId)
    .where('repair_cases.does', '=', 'repair')
    .$if(caseId !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('repair_cases.case_id', '=', caseId ?? ''),
          eb('cases.account_hmac', '=', (of) =>
            of
              .selectFrom('cases as own')
              .select('own.account_hmac')
              .where('own.id', '=', caseId ?? ''),
          ),
        ]),
      ),
    )
    .orderBy('repair_cases.case_number')
    .execute()
  return [...Map.groupBy(rows, ({ case_id, account }) => account ?? case_id).values()]
    .filter((cases) => !cases.some(({ state }) => toRestore.includes(state)))
    .map((cases) => cases.filter((one) => one.state === 'restored' && one.notice_id === null))
    .map((cases) => cases.map(({ case_id }) => case_id))
    .filter((cases) => cases.length > 0)
}

export async function nameNotice(
  tx: Transaction,
  repairId: string,
  caseIds: readonly string[],
  noticeId: string,
): Promise<void> {
  await tx
    .updateTable('repair_cases')
    .set({ notice_id: noticeId })
    .where('repair_id', '=', repairId)
    .where('case_id', 'in', caseIds)
    .execute()
}
