// One account of everything that was said of it in the course of a case.
import type { Account, AssociatedAccount, Email, Phone } from '@wardline/api'

/**
 * Of each list so many: a case may hold two thousand comings, each with its own hundred events, and nobody reads a report of that.
 * The latest, since the first of them stand in the files' own context.
 */
const mostTold = {
  emails: 100,
  phones: 100,
  addresses: 50,
  displayNames: 100,
  profileUrls: 100,
  ipEvents: 500,
  devices: 100,
}
const mostAssociated = 50

type Listed = keyof typeof mostTold | 'associatedAccounts'
type Merged = Account & { readonly further: readonly string[] }

/** One account of all that was said of it: of single things the last word, of lists everything once. */
export function merged(accounts: readonly Account[]): Merged | undefined {
  const last = accounts.at(-1)
  if (last === undefined) return undefined
  const known: Account = Object.assign({ id: last.id }, ...accounts.map(said))
  const further: string[] = []
  const latestOf = <T>(
    name: Listed,
    items: readonly T[],
    keyOf: (item: T) => string = (item) => JSON.stringify(item),
  ) => {
    const all = latest(items, keyOf)
    const kept = all.slice(-(name === 'associatedAccounts' ? mostAssociated : mostTold[name]))
    if (kept.length < all.length)
      further.push(`${all.length - kept.length} further ${words[name]} are kept with the case.`)
    return kept
  }
  const phoneKey = ({ number, callingCode, extension }: Phone) => JSON.stringify([number, callingCode, extension])
  const accountKey = (one: AssociatedAccount) =>
    one.id === undefined ? JSON.stringify(one) : JSON.stringify([one.type, one.platform, one.id])
  return {
    ...known,
    ...notified(accounts),
    disabled: disabledOf(accounts),
    estimatedLocation: locationOf(accounts),
    emails: latestOf('emails', accounts.flatMap(emailsOf), (one) => one.address.toLowerCase()),
    phones: latestOf(
      'phones',
      all(accounts, (one) => one.phones),
      phoneKey,
    ),
    addresses: latestOf(
      'addresses',
      all(accounts, (one) => one.addresses),
    ),
    displayNames: latestOf(
      'displayNames',
      all(accounts, (one) => [one.displayName ?? [], one.displayNames ?? []].flat()),
    ),
    profileUrls: latestOf(
      'profileUrls',
      all(accounts, (one) => [one.profileUrl ?? [], one.profileUrls ?? []].flat()),
    ),
    ipEvents: latestOf(
      'ipEvents',
      all(accounts, (one) => one.ipEvents),
    ),
    devices: latestOf(
      'devices',
      all(accounts, (one) => one.devices),
    ),
    associatedAccounts: latestOf(
      'associatedAccounts',
      all(accounts, (one) => one.associatedAccounts),
      accountKey,
    ),
    further,
  }
}

const all = <T>(accounts: readonly Account[], of: (one: Account) => readonly T[] | undefined): readonly T[] =>
  accounts.flatMap((one) => of(one) ?? [])

const words: Readonly<Record<Listed, string>> = {
  emails: 'e-mail addresses',
  phones: 'telephone numbers',
  addresses: 'addresses',
  displayNames: 'display names',
  profileUrls: 'profile URLs',
  ipEvents: 'events at IP addresses',
  devices: 'devices',
  associatedAccounts: 'associated accounts',
}

/** What was left open does not count as said. */
const said = (word: object) => Object.fromEntries(Object.entries(word).filter(([, value]) => value !== undefined))

/** The last word on it, with its own time: never the one platform call's `true` with another's date. */
function notified(accounts: readonly Account[]): Pick<Account, 'userNotified' | 'userNotifiedAt'> {
  const word = accounts.findLast((one) => one.userNotified !== undefined || one.userNotifiedAt !== undefined)
  return { userNotified: word?.userNotified, userNotifiedAt: word?.userNotifiedAt }
}

/** A later word on the same closing leaves what it does not name as it was. */
function disabledOf(accounts: readonly Account[]): Account['disabled'] {
  let known: Account['disabled']
  for (const { disabled: now } of accounts) {
    if (now === undefined) continue
    const isSame =
      known?.permanently === now.permanently && (known.at === undefined || now.at === undefined || known.at === now.at)
    known = isSame ? { ...known, ...now } : now
  }
  return known
}

const placed = ['city', 'region', 'country', 'verified', 'at'] as const

/** One estimate is never mixed with another, but one that says less, and nothing else, does not take back the fuller one. */
function locationOf(accounts: readonly Account[]): Account['estimatedLocation'] {
  let known: Account['estimatedLocation']
  for (const { estimatedLocation: now } of accounts) {
    if (now === undefined) continue
    const isLess = placed.every((key) => now[key] === undefined || now[key] === known?.[key])
    known = isLess ? known : now
  }
  return known
}

function emailsOf({ email, emailVerified, emails = [] }: Account): Email[] {
  if (email === undefined) return emails
  const known = emails.some((one) => one.address.toLowerCase() === email.toLowerCase())
  return known ? emails : [{ address: email, verified: emailVerified }, ...emails]
}

/** In the order in which each first came, with what was said of it last. */
function latest<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()]
}
