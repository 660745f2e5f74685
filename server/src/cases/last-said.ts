// What was said last of a case's account and of how its holder is reached: for who is told. A report keeps what was said first.
import type { Account } from '@wardline/api'
import { accountOf } from './look-ups.ts'
import type { CaseRecord } from './views.ts'

type Said = Pick<CaseRecord, 'context' | 'files' | 'lookUp'>

export type LastSaid = {
  readonly email: string | undefined
  /** Of the organisation whose account it is. */
  readonly contactEmail: string | undefined
  /** Was it said last of this address that it is unproven? In whatever letters it is written. */
  readonly isUnproven: (address: string) => boolean
}

/** Undefined: nobody said whose account it is. */
export function lastSaid(record: Said): LastSaid | undefined {
  const { account } = record.context
  if (account === undefined) return undefined
  const organisation = accountOf(record)?.organisation?.id
  const proven = new Map<string, boolean>()
  let [email, contactEmail]: (string | undefined)[] = []
  for (const word of [account, ...accountWords(record)]) {
    email = word.email ?? email
    if (email !== undefined && word.emailVerified !== undefined) proven.set(written(email), word.emailVerified)
    if (word.organisation?.id === organisation) contactEmail = word.organisation?.contactEmail ?? contactEmail
  }
  return { email, contactEmail, isUnproven: (address) => proven.get(written(address)) === false }
}

/** Every word about this very account, oldest first: with each coming, after it, and the answer of the operator's own system. */
export function accountWords({ context: { account }, files, lookUp }: Said): readonly Account[] {
  const words = files
    .flatMap(({ occurrences }) => occurrences)
    .flatMap(({ receivedAt, context, later = [] }) => [
      { at: receivedAt, said: context.account },
      ...later.map(({ at, said }) => ({ at, said: said.account })),
    ])
  if (lookUp?.account) words.push({ at: lookUp.endedAt ?? 0, said: lookUp.account })
  return words
    .toSorted((one, other) => one.at - other.at)
    .flatMap(({ said }) => (said && isOf(account, said) ? said : []))
}

/** Two organisations may both have a user "7". */
function isOf(account: Account | undefined, { id, organisation }: Account): boolean {
  if (account === undefined || account.id !== id) return false
  return account.organisation === undefined || organisation === undefined || account.organisation.id === organisation.id
}

const written = (address: string) => address.toLowerCase()
