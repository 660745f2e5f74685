// What a platform knows about an image it sends: who, where, what, from which machine. One schema; nobody copies it.
import { z } from 'zod'
import { account } from './account.ts'
import { instant, ip, list, text } from './marks.ts'
import { police, recipient, victim } from './people.ts'
import { place } from './place.ts'
import { supplement, supplementsTogether } from './supplements.ts'

export const surfaces = [
  'upload',
  'public_post',
  'private_message',
  'profile',
  'ai_input',
  'ai_output',
  'other',
] as const

export const origin = z
  .strictObject({
    ip,
    port: z.int().min(1).max(65_535).optional(),
    at: instant.optional(),
    device: z.strictObject({ type: text(255), id: text(2083) }).optional(),
    possibleProxy: z.boolean().optional().describe('you hold it for possible that this is a proxy, a VPN or Tor'),
  })
  .describe('from which machine it came, and when')

/** As it is kept with a case: all but the supplements, which are evidence and lie in the vault. */
export const caseContext = z
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
    place: place.optional(),
    recipients: list(recipient, 20).optional(),
    victims: list(victim, 10).optional(),
    police: police.optional(),
    altered: z
      .boolean()
      .optional()
      .describe('true when you changed the bytes (re-encoded, resized) before you sent them here'),
    originalHashes: list(z.strictObject({ type: text(64), value: text(1024) }), 8)
      .optional()
      .describe(
        'of an altered file: the hashes of the bytes as the user uploaded them, each with its name (MD5, SHA256)',
      ),
    exif: list(z.strictObject({ name: text(64), value: text(1000) }), 100)
      .optional()
      .describe('what you read out of the file yourself'),
    annotations: list(z.enum(['live_streaming', 'generative_ai']), 2)
      .optional()
      .describe('facts of your platform: it was streamed live, it was made by a model of yours'),
  })
  .describe('what you know about the image')
  .meta({ id: 'CaseContext' })

/** Twenty comings of each file are kept with a case, each with its context: they stay small. Characters of JSON. */
const mostCharacters = 32_768

/** What is said of a scan later: without supplements, which come with the image. */
export const laterContext = caseContext
  .refine((said) => JSON.stringify(said).length <= mostCharacters, {
    error: `must be at most ${mostCharacters} characters of JSON`,
  })
  .meta({ id: 'LaterContext' })

export const scanContext = caseContext
  .extend({ supplements: list(supplement, 10).optional() })
  .refine(({ supplements: _, ...rest }) => JSON.stringify(rest).length <= mostCharacters, {
    error: `must be at most ${mostCharacters} characters of JSON, beside the supplements`,
  })
  .refine(({ supplements = [] }) => supplements.reduce((sum, one) => sum + one.text.length, 0) <= supplementsTogether, {
    error: `must be supplements of at most ${supplementsTogether} characters together`,
    path: ['supplements'],
  })
  .meta({ id: 'ScanContext' })

export type ScanContext = z.infer<typeof scanContext>
export type CaseContext = z.infer<typeof caseContext>
export type Surface = (typeof surfaces)[number]
