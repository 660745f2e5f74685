// Every key of the configuration: its form, its default, whether it is a secret. What keys ask of each other: checks.ts.
import { availableParallelism } from 'node:os'
import { surfaces } from '@wardline/api'
import { z } from 'zod'
import { environments } from '#base'
import { algorithms, fileFormats, listClasses, ncmecFeedNames } from '#lists'

const text = (most: number) => z.string().min(1).max(most)
const whole = (least: number, most: number) => z.int().min(least).max(most)
const port = whole(0, 65_535)
/** Shown as '***', and taken from a file when the variable ends in _FILE. */
export const secrets = new WeakSet<z.core.$ZodType>()
const secret = (schema: z.ZodString) => {
  secrets.add(schema)
  return schema
}

const webhookSecret = () =>
  secret(
    z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be whsec_ and 24 to 64 bytes in base64 (Standard Webhooks)'),
  )

/** A file of the list, or text with white space between: so both fit in one file of secrets. */
const webhookSecrets = () => {
  const schema = z.preprocess(
    (given) => (typeof given === 'string' ? given.trim().split(/\s+/) : given),
    z
      .array(webhookSecret())
      .min(1)
      .max(2, 'must be one secret, or two while the receiver changes from one to the other'),
  )
  secrets.add(schema)
  return schema
}

const person = z.strictObject({
  email: z.email().max(255),
  firstName: text(100).optional(),
  lastName: text(100).optional(),
})

const webUrl = z.url({ protocol: /^https?$/, error: 'must be a complete URL that starts with https:// or http://' })

/** A list that is fetched. Which keys belong to which kind is said by checks.ts. */
const fetched = z.strictObject({
  kind: z.enum(['ncmec', 'threatexchange', 'file']),
  feed: z.enum(ncmecFeedNames).optional(),
  baseUrl: webUrl.optional(),
  username: text(255).optional(),
  password: secret(z.string().min(1).max(1000)).optional(),
  token: secret(z.string().min(1).max(1000)).optional(),
  privacyGroup: z
    .string()
    .regex(/^\d{1,30}$/, 'must be the group’s number, in quotes')
    .optional(),
  path: text(4096).optional(),
  format: z.enum(fileFormats).optional(),
  algorithm: z.enum(algorithms).optional(),
  source: text(100).optional(),
  class: z.enum(listClasses).optional(),
  radiusBits: whole(0, 31).optional(),
  leastQuality: whole(0, 100).default(50),
  leastMembers: whole(1, 1000).default(1),
  share: z.number().min(0).max(1).default(1),
  enabled: z.boolean().default(true),
  // NCMEC asks for no more than every ten minutes, and for no less than daily (hash list sources, section 10).
  everyMinutes: whole(10, 1440).default(60),
  maxAgeHours: whole(1, 8760).default(48),
})

const addressBlock = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an IP address or a block as 10.0.0.0/8',
})

const jurisdiction = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'must be an ISO 3166 code as DE or US-CA')

/** Whether and when people of one jurisdiction are told; what is left out is as for all others. */
const noticeRule = z
  .strictObject({
    jurisdiction,
    notice: z.enum(['on', 'off']).default('on'),
    delayHours: z.number().min(0).max(8760).optional(),
    jitterHours: z.number().min(0).max(720).optional(),
    addressees: z.enum(['holder', 'both']).optional(),
    because: text(500).optional(),
  })
  .refine(({ notice, because }) => notice === 'on' || because !== undefined, {
    path: ['because'],
    error: 'must say why nobody is told here, as who advised it and when',
  })

export const settings = z.strictObject({
  environment: z.enum(environments, { error: `must be one of ${environments.join(', ')}` }),
  data: text(4096).default('./wardline-data'),
  database: z
    .strictObject({
      url: secret(
        z.string().regex(/^postgres(ql)?:\/\/./, 'must be a URL that starts with postgres:// or postgresql://'),
      ).optional(),
    })
    .prefault({}),
  vault: z.strictObject({ keyFile: text(4096).optional() }).prefault({}),
  server: z
    .strictObject({
      host: text(255).default('127.0.0.1'),
      port: port.default(8080),
      publicUrl: webUrl.optional(),
      trustedProxies: z.array(addressBlock).max(100).default([]),
      bodyLimitMb: whole(1, 2048).default(50),
      filesPerScan: whole(1, 200).default(20),
    })
    .prefault({}),
  metrics: z.strictObject({ port: port.nullable().default(9464) }).prefault({}),
  limits: z
    .strictObject({
      scansPerMinutePerKey: whole(1, 1_000_000).default(600),
      decodeSeconds: whole(1, 600).default(20),
      decoderMemoryMb: whole(128, 65_536).default(1536),
      maxPixels: whole(1, 2_000_000_000).default(100_000_000),
      frames: whole(1, 10_000).default(500),
      framePixels: whole(1, 20_000_000_000).default(1_000_000_000),
      frameMilliseconds: whole(1, 600_000).default(5_000),
      decoders: whole(1, 256).default(() => availableParallelism()),
      freeDiskMb: whole(0, 100_000_000).default(1024),
    })
    .prefault({}),
  rules: z
    .strictObject({
      perceptual: z.enum(['report', 'review']).optional(),
      reportWithinBits: whole(0, 31).default(10),
      reportQuality: whole(0, 100).default(80),
      radiusBits: whole(0, 31).default(31),
      settleSeconds: whole(0, 86_400).default(600),
      // One entry seldom meets twenty unrelated people of one platform in a day, unless it is wrong or went round: then a person looks.
      breaker: z
        .strictObject({ accounts: whole(1, 1_000_000).default(20), hours: whole(1, 720).default(24) })
        .prefault({}),
      // The duty is to report as soon as reasonably possible: so nothing waits unless an operator can really say more within hours.
      actionability: z
        .strictObject({ floor: whole(0, 100).default(0), waitHours: z.number().min(0).max(72).default(4) })
        .prefault({}),
      off: z
        .array(
          z.strictObject({
            surface: z.enum([...surfaces, '*']),
            jurisdiction: z.string().regex(/^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/, 'must be an ISO 3166 code as DE, or *'),
          }),
        )
        .max(1000)
        .default([]),
      fastSurfaces: z
        .array(z.enum([...surfaces, '*']))
        .max(100)
        .default([]),
    })
    .prefault({}),
  cybertip: z
    .strictObject({
      baseUrl: webUrl.optional(),
      username: text(255).optional(),
      password: secret(z.string().min(1).max(1000)).optional(),
      reporter: person.optional(),
      contact: person
        .partial()
        .extend({ phone: text(50).optional() })
        .optional(),
      companyTemplate: text(20_000).optional(),
      termsOfService: text(20_000).optional(),
      legalUrl: webUrl.optional(),
      platform: text(255).optional(),
    })
    .prefault({}),
  reports: z
    .strictObject({
      // NCMEC documents no limit; a few at once is polite, and four fill most lines (CyberTipline API, section 1).
      uploadsAtATime: whole(1, 64).default(4),
      lateAfterHours: z.number().min(0.1).max(720).default(6),
      industryHashSharingMou: z.boolean().default(false),
    })
    .prefault({}),
  // Where a person sends what corrects finished reports: NCMEC's contact for providers, as NCMEC told it to this operator.
  repairs: z.strictObject({ correctionsTo: z.email().max(255).optional() }).prefault({}),
  lookUp: z
    .strictObject({
      url: secret(
        z.string().regex(/^https?:\/\/./, 'must be a complete URL that starts with https:// or http://'),
      ).optional(),
      secret: webhookSecret().optional(),
      timeoutSeconds: whole(1, 60).default(10),
      waitMinutes: whole(0, 1440).default(30),
    })
    .prefault({}),
  webhooks: z
    .strictObject({
      url: secret(
        z.string().regex(/^https?:\/\/./, 'must be a complete URL that starts with https:// or http://'),
      ).optional(),
      secrets: webhookSecrets().optional(),
    })
    .prefault({}),
  mail: z
    .strictObject({
      smtpUrl: secret(
        z.string().regex(/^smtps?:\/\/./, 'must be a URL that starts with smtp:// or smtps://'),
      ).optional(),
      from: text(320).optional(),
    })
    .prefault({}),
  notices: z
    .strictObject({
      enabled: z.boolean().optional(),
      delayHours: z.number().min(0).max(8760).default(24),
      jitterHours: z.number().min(0).max(720).default(6),
      addressees: z.enum(['holder', 'both']).default('holder'),
      policy: z.array(noticeRule).max(1000).default([]),
      channel: z.enum(['smtp', 'webhook', 'pull']).default('smtp'),
      // A mail server is tried for four to five days at least (RFC 5321, section 4.5.4.1).
      giveUpDays: z.number().min(1).max(90).default(5),
      contact: text(1000).optional(),
      language: z
        .string()
        .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language as "de" or "zh-Hant"')
        .optional(),
      textsFolder: text(4096).optional(),
      helpLinesFile: text(4096).optional(),
      dsa: z.strictObject({ clause: text(300), scope: text(300).optional() }).optional(),
    })
    .prefault({}),
  appeals: z
    .strictObject({
      // A little more than six months: who is told of such a thing may need time before they can write.
      withinDays: whole(1, 3650).default(190),
      hearingDays: whole(1, 90).default(7),
      secondLook: z.boolean().default(false),
      mail: z
        .strictObject({
          imapUrl: secret(
            z.string().regex(/^imaps?:\/\/./, 'must be a URL that starts with imap:// or imaps://'),
          ).optional(),
          address: z.email().max(255).optional(),
          everySeconds: whole(10, 3600).default(60),
        })
        .prefault({}),
    })
    .prefault({}),
  selftest: z.strictObject({ operatorEmail: z.email().max(255).optional() }).prefault({}),
  evidence: z.strictObject({ dismissedKeepDays: whole(0, 365).default(7) }).prefault({}),
  // No dots in a name: a key's path is written with them.
  lists: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be named with up to 64 of a-z, 0-9, "_" and "-"'),
      fetched,
    )
    .default({}),
  alerts: z
    .strictObject({
      email: z.email().max(255).optional(),
      webhookUrl: secret(
        z.string().regex(/^https?:\/\/./, 'must be a complete URL that starts with https:// or http://'),
      ).optional(),
      secret: webhookSecret().optional(),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
})

export type Settings = z.output<typeof settings>

/** Paths are absolute; what was left open is decided. */
export type Config = Readonly<
  Omit<DeepReadonly<Settings>, 'vault' | 'rules' | 'notices'> & {
    /** The file that was read, if there was one. */
    file: string | undefined
    vault: Readonly<{ keyFile: string }>
    rules: DeepReadonly<Settings['rules']> & { readonly perceptual: 'report' | 'review' }
    notices: DeepReadonly<Settings['notices']> & { readonly enabled: boolean }
  }
>

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T
export type ConfigOverrides = DeepPartial<z.input<typeof settings>>
type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T
