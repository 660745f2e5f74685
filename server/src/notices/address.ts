// Whom to tell: the organisation's contact where the account is an organisation's, else the user. One address, or none.
import { z } from 'zod'
import { isProduction } from '#base'
import { accountOf, type CaseRecord } from '#cases'
import type { Vault } from '#vault'
import type { NoticePolicy } from './policy.ts'

/** What a notice needs to be written, sealed until it is sent. */
const told = z.strictObject({
  address: z.string().nullable(),
  locale: z.string().nullable(),
  disabled: z.enum(['permanently', 'temporarily']).nullable(),
})

export type Told = z.infer<typeof told>

/** `operator`: only of tests. */
export type Addressee = 'user' | 'organisation' | 'operator'

export type Addressed =
  | { readonly addressee: Addressee; readonly address: string }
  | { readonly addressee: Addressee; readonly reason: 'no_address' | 'address_unverified' | 'no_operator_address' }

export function addressOf(
  record: CaseRecord,
  { environment, operatorEmail }: Pick<NoticePolicy, 'environment' | 'operatorEmail'>,
): Addressed {
  const { isTest } = record
  const account = accountOf(record)
  // Of a test in production no user hears, whoever sent the card. Elsewhere all mail stays on this machine.
  if (isTest && operatorEmail !== undefined) return { addressee: 'operator', address: operatorEmail }
  if (isTest && isProduction(environment)) return { addressee: 'operator', reason: 'no_operator_address' }
  // Never the single user of an organisation: their use is the organisation's to answer for.
  if (account?.organisation !== undefined) {
    const { contactEmail } = account.organisation
    const addressee = 'organisation'
    return contactEmail === undefined ? { addressee, reason: 'no_address' } : { addressee, address: contactEmail }
  }
  const addressee = 'user'
  if (account?.email === undefined) return { addressee, reason: 'no_address' }
  // An address the platform knows to be unproven may be a stranger's, who must not hear of this.
  if (account.emailVerified === false) return { addressee, reason: 'address_unverified' }
  return { addressee, address: account.email }
}

export function toldOf(record: CaseRecord, addressed: Addressed): Told {
  const { locale } = record.context
  const disabled = accountOf(record)?.disabled
  return {
    address: 'address' in addressed ? addressed.address : null,
    locale: locale ?? null,
    disabled: disabled === undefined ? null : disabled.permanently ? 'permanently' : 'temporarily',
  }
}

export const sealTold = (vault: Vault, noticeId: string, value: Told) =>
  vault.sealJson(`notices.to_sealed:${noticeId}`, value)
export const readTold = (vault: Vault, noticeId: string, sealed: Uint8Array): Told =>
  told.parse(vault.unsealJson(`notices.to_sealed:${noticeId}`, sealed))
