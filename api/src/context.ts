// What a platform knows about an image it sends: who, where, what, from which machine. One schema; nobody copies it.
import { z } from 'zod'

export const surfaces = [
  'upload',
  'public_post',
  'private_message',
  'profile',
  'ai_input',
  'ai_output',
  'other',
] as const

const text = (most: number) => z.string().min(1).max(most)
const instant = z.iso.datetime({ offset: true }).describe('ISO 8601 with a time zone')

/**
 * Any address a user may really have, `a.@x.jp` and `jürgen@münchen.de` among them: a picture is never left unscanned for its
 * sender's odd address. What NCMEC's form does not take is told there in words.
 */
const email = z
  .string()
  .max(255)
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, 'must be an e-mail address')

export const organisation = z
  .strictObject({
    id: text(255),
    name: text(255).optional(),
    contactEmail: email.optional().describe('who is told when a report is made; never the single user'),
  })
  .describe('the organisation whose account it is, when it is not a private person’s')

export const account = z
  .strictObject({
    id: text(255).describe('the account’s unique id in your system'),
    email: email.optional(),
    emailVerified: z.boolean().optional(),
    screenName: text(256).optional(),
    displayName: text(255).optional(),
    profileUrl: z.url().max(2083).optional(),
    organisation: organisation.optional(),
    disabled: z
      .strictObject({ at: instant, permanently: z.boolean() })
      .optional()
      .describe('set only when you have already disabled the account'),
    userNotifiedAt: instant.optional().describe('set only when you have already told the user yourself'),
  })
  .describe('who sent it')

export const origin = z
  .strictObject({
    ip: z.union([z.ipv4(), z.ipv6()], { error: 'must be an IPv4 or IPv6 address' }),
    port: z.int().min(1).max(65_535).optional(),
    at: instant.optional(),
    device: z.strictObject({ type: text(255), id: text(2083) }).optional(),
  })
  .describe('from which machine it came, and when')

export const scanContext = z
  .strictObject({
    surface: z.enum(surfaces).default('other'),
    service: text(100).optional().describe('the product or service of yours that was used'),
    url: z.url().max(2083).optional().describe('where the file can be found'),
    conversationId: text(255).optional(),
    requestId: text(255).optional(),
    jurisdiction: z
      .string()
      .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'must be an ISO 3166 code, as DE or US-CA')
      .optional()
      .describe('ISO 3166 code of the place whose rules apply'),
    fileName: text(2056).optional().describe('the name the user gave the file'),
    uploadedAt: instant.optional(),
    publiclyAvailable: z.boolean().optional().describe('whether the whole file was open to online users'),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/)
      .optional()
      .describe('BCP 47, for the notice'),
    account: account.optional(),
    origin: origin.optional(),
  })
  .describe('what you know about the image')
  .meta({ id: 'ScanContext' })

export type ScanContext = z.infer<typeof scanContext>
export type Surface = (typeof surfaces)[number]
