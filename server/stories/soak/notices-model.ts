// What each simulated report is, drawn from a seed, and what must become of its notices: written without the code that it judges.
import type { CaseContext } from '#cases'
import type { Channel, NoticePolicy, NoticeRule } from '#notices'

export const hourMs = 3_600_000
const dayMs = 24 * hourMs
export const soakMs = 6 * dayMs
export const giveUpMs = 2 * dayMs

export interface Simulated {
  readonly place: number
  readonly context: CaseContext
  readonly channel: Channel
  /** After the beginning. */
  readonly finishedAtMs: number
  readonly secret: {
    readonly fileName: string
    readonly listId: string
    readonly source: string
    readonly entryId: string
  }
  /** Of each addressee by policy: whether they are told, and if not why. */
  readonly expected: readonly { readonly addressee: 'user' | 'organisation'; readonly reason: string | null }[]
  readonly needsRelease: boolean
  readonly releasedAtMs: number | null
  readonly hold: {
    readonly scope: 'report' | 'case' | 'account'
    readonly fromMs: number
    readonly untilMs: number
    readonly endedMs: number | null
  } | null
  readonly fate: 'good' | 'refused' | 'bounces' | 'mended'
  readonly platformSays: 'delivered' | 'undeliverable' | 'nothing'
  /** A further case of the same account is in its report. */
  readonly isBatch: boolean
  /** Found to be an error then; `one`: only its first case, so that the other one of a batch stands. */
  readonly repaired: { readonly atMs: number; readonly what: 'all' | 'one' } | null
}

export type Chance = () => number

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const rule = (jurisdiction: string, delay: number, jitter: number, more: Partial<NoticeRule> = {}): NoticeRule => ({
  jurisdiction,
  notice: 'on',
  delayMs: delay * hourMs,
  jitterMs: jitter * hourMs,
  addressees: 'holder',
  ...more,
})

export const policy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 24 * hourMs,
  jitterMs: 6 * hourMs,
  rules: [
    rule('DE', 12, 2),
    rule('FR', 24, 6, { notice: 'off', because: 'as counsel advised' }),
    rule('JP', 0, 0, { addressees: 'both' }),
    rule('GB', 48, 0),
    rule('US-CA', 36, 1),
  ],
  giveUpMs,
  publicUrl: 'http://127.0.0.1:8080',
  platform: 'Example Forum',
  from: 'notices@platform.example',
} as const satisfies NoticePolicy

const places = [undefined, undefined, 'US', 'US-CA', 'DE', 'FR', 'JP', 'GB', 'GB-SCT'] as const
const locales = [
  'en',
  'fr-CA',
  'de-AT',
  'id',
  'it',
  'ja',
  'ko',
  'pt-BR',
  'ru',
  'zh-CN',
  'es-MX',
  'zh-TW',
  'xx',
  undefined,
]

export function simulate(place: number, chance: Chance): Simulated {
  const from = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T
  const within = (leastMs: number, mostMs: number) => Math.floor(leastMs + chance() * (mostMs - leastMs))
  // The last ones still wait for their delay at the end.
  const finishedAtMs = chance() < 0.97 ? within(hourMs, 2 * dayMs) : within(soakMs - 10 * hourMs, soakMs - hourMs)
  const roll = chance()
  const channel: Channel = roll < 0.7 ? 'smtp' : roll < 0.85 ? 'webhook' : 'pull'
  const jurisdiction = from(places)
  const email = chance() < 0.05 ? undefined : `reader-${place}@users.example`
  const isUnproven = chance() < 0.03
  const contact = chance() < 0.15 ? undefined : `contact-${place}@orgs.example`
  const organisation = chance() < 0.25 ? { id: `org-${place}`, ...(contact && { contactEmail: contact }) } : undefined
  const isKnown = chance() < 0.98
  const account = {
    id: `account-${place}`,
    ...(email && { email, emailVerified: !isUnproven }),
    ...(organisation && { organisation }),
  }
  const needsRelease = chance() < 0.06
  const fileName = `holiday-${place}-zq.jpg`
  const locale = from(locales)
  const context: CaseContext = {
    surface: 'upload',
    fileName,
    ...(locale && { locale }),
    ...(jurisdiction && { jurisdiction }),
    ...(isKnown && { account }),
    ...(needsRelease && { annotations: ['live_streaming'] }),
  }
  const isOff = jurisdiction === 'FR'
  const user =
    !isKnown || (channel === 'smtp' && email === undefined)
      ? 'no_address'
      : channel === 'smtp' && isUnproven
        ? 'address_unverified'
        : null
  const office = channel === 'smtp' && contact === undefined ? 'no_address' : null
  const who =
    isKnown && organisation !== undefined
      ? [
          { addressee: 'organisation' as const, reason: office },
          ...(jurisdiction === 'JP' ? [{ addressee: 'user' as const, reason: user }] : []),
        ]
      : [{ addressee: 'user' as const, reason: user }]
  const heldFrom = chance() < 0.5 ? finishedAtMs - within(0, hourMs) : finishedAtMs + within(0, 30 * hourMs)
  const heldFor = chance() < 0.1 ? 20 * dayMs : within(hourMs, 60 * hourMs)
  const fate = chance()
  const says = chance()
  const isBatch = isKnown && chance() < 0.04
  const isRepaired = chance() < 0.04
  const repairedAtMs = finishedAtMs + within(60_000, 40 * hourMs)
  return {
    place,
    context,
    channel,
    finishedAtMs,
    secret: { fileName, listId: `list-${place}-zq`, source: `member-${place}-zq`, entryId: `entry-${place}-zq` },
    expected: who.map(({ addressee, reason }) => ({ addressee, reason: isOff ? 'policy_off' : reason })),
    needsRelease,
    releasedAtMs: chance() < 0.8 ? finishedAtMs + within(hourMs, 50 * hourMs) : null,
    hold:
      chance() < 0.1
        ? {
            scope: isKnown ? from(['report', 'case', 'account'] as const) : 'case',
            fromMs: heldFrom,
            untilMs: heldFrom + heldFor,
            endedMs: chance() < 0.2 ? heldFrom + Math.floor(heldFor / 2) : null,
          }
        : null,
    fate: fate < 0.94 ? 'good' : fate < 0.96 ? 'refused' : fate < 0.98 ? 'bounces' : 'mended',
    platformSays: says < 0.92 ? 'delivered' : says < 0.96 ? 'undeliverable' : 'nothing',
    isBatch,
    repaired: isRepaired ? { atMs: repairedAtMs, what: isBatch && chance() < 0.5 ? 'one' : 'all' } : null,
  }
}
