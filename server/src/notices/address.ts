// Whom to tell: the organisation's contact where the account is an organisation's, else the user; both only where a rule says so.
import { z } from 'zod'
import { type Clock, isProduction } from '#base'
import { accountOf, accountWords, type CaseRecord, lastSaid } from '#cases'
import type { Vault } from '#vault'
import type { Addressees, Channel, NoticePolicy } from './policy.ts'

/** What a notice needs to be written, sealed until it is sent. */
const told = z.strictObject({
  address: z.string().nullable(),
  locale: z.string().nullable(),
  disabled: z.enum(['permanently', 'temporarily']).nullable(),
  /** Whose account, as the platform names it: what a platform that delivers by itself needs. Absent in notices of before. */
  account: z.strictObject({ id: z.string(), organisation: z.string().optional() }).nullable().default(null),
  country: z.string().nullable().default(null),
  /** may_be_child: words that blame nobody. */
  variant: z.enum(['ordinary', 'may_be_child']).default('ordinary'),
  /** Absent where it is not known. */
  decidedBy: z.enum(['person', 'rule']).nullable().default(null),
  /** Why the operator's rule says what it says, in their words. */
  because: z.string().nullable().default(null),
  /** Why a person released it, in their words. */
  released: z.string().nullable().default(null),
})

export type Told = z.infer<typeof told>

/** `operator`: only of tests. */
export type Addressee = 'user' | 'organisation' | 'operator'

export type Addressed =
  | { readonly addressee: Addressee; readonly channel: Channel; readonly address: string | null }
  | {
      readonly addressee: Addressee
      readonly channel: Channel
      readonly reason: 'no_address' | 'address_unverified' | 'no_operator_address'
    }

type Asked = Pick<NoticePolicy, 'environment' | 'operatorEmail' | 'channel'>

/** The holder of the account first; the second one, if there is one, is told by policy alone. Never empty. */
export function addresseesOf(record: CaseRecord, policy: Asked, addressees: Addressees = 'holder'): Addressed[] {
  const { isTest } = record
  const { environment, operatorEmail, channel = 'smtp' } = policy
  // Of a test in production no user hears, whoever sent the card. Elsewhere all mail stays on this machine.
  if (isTest && operatorEmail !== undefined) return [{ addressee: 'operator', channel: 'smtp', address: operatorEmail }]
  if (isTest && isProduction(environment))
    return [{ addressee: 'operator', channel: 'smtp', reason: 'no_operator_address' }]
  // Never the single user of an organisation alone: their use is the organisation's to answer for.
  if (accountOf(record)?.organisation === undefined) return [userOf(record, channel)]
  const organisation = organisationOf(record, channel)
  return addressees === 'both' ? [organisation, userOf(record, channel)] : [organisation]
}

function organisationOf(record: CaseRecord, channel: Channel): Addressed {
  const addressee = 'organisation'
  const contact = lastSaid(record)?.contactEmail
  if (channel !== 'smtp') return { addressee, channel, address: contact ?? null }
  return contact === undefined ? { addressee, channel, reason: 'no_address' } : { addressee, channel, address: contact }
}

function userOf(record: CaseRecord, channel: Channel): Addressed {
  const addressee = 'user'
  const said = lastSaid(record)
  // A platform that delivers by itself needs to know whose account it is, and no address.
  if (channel !== 'smtp')
    return said === undefined
      ? { addressee, channel, reason: 'no_address' }
      : { addressee, channel, address: said.email ?? null }
  if (said?.email === undefined) return { addressee, channel, reason: 'no_address' }
  if (said.isUnproven(said.email)) return { addressee, channel, reason: 'address_unverified' }
  return { addressee, channel, address: said.email }
}

/** An address that the platform knows to be unproven may be a stranger's, who must not hear of this: so is it now, whatever it was before. */
export function isUnproven(
  record: CaseRecord,
  { addressee, channel }: Pick<Addressed, 'addressee' | 'channel'>,
  address: string | null,
): boolean {
  return (
    addressee === 'user' && channel === 'smtp' && address !== null && lastSaid(record)?.isUnproven(address) === true
  )
}

const yearMs = 365.25 * 86_400_000

/** By what the platform ever said of its user. */
export function isMinor(record: CaseRecord, clock: Clock): boolean {
  return [accountOf(record), ...accountWords(record)].some((account) => {
    const { age, dateOfBirth } = account ?? {}
    const bornAt = dateOfBirth === undefined ? Number.NaN : Date.parse(dateOfBirth)
    return (age !== undefined && age < 18) || clock.now() - bornAt < 18 * yearMs
  })
}

export function toldOf(record: CaseRecord, addressed: Addressed, more: Partial<Told> = {}): Told {
  const { locale, jurisdiction } = record.context
  const account = accountOf(record)
  const { disabled, organisation } = account ?? {}
  return {
    address: 'address' in addressed ? addressed.address : null,
    locale: locale ?? null,
    disabled: disabled === undefined ? null : disabled.permanently ? 'permanently' : 'temporarily',
    account: account === undefined ? null : { id: account.id, ...(organisation && { organisation: organisation.id }) },
    country: (jurisdiction ?? account?.estimatedLocation?.country)?.slice(0, 2) ?? null,
    variant: 'ordinary',
    decidedBy: record.decision === null ? 'rule' : 'person',
    because: null,
    released: null,
    ...more,
  }
}

export const sealTold = (vault: Vault, noticeId: string, value: Told) =>
  vault.sealJson(`notices.to_sealed:${noticeId}`, value)
export const readTold = (vault: Vault, noticeId: string, sealed: Uint8Array): Told =>
  told.parse(vault.unsealJson(`notices.to_sealed:${noticeId}`, sealed))
