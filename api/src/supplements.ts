// What lies around an image and helps to understand it: kept only when the image matches, and sent with the report.
import { z } from 'zod'
import { text } from './marks.ts'

export const supplementKinds = ['conversation', 'prompt', 'parameters', 'other'] as const

/** Characters of all supplements of one request. */
export const supplementsTogether = 500_000

export const supplement = z
  .strictObject({
    kind: z
      .enum(supplementKinds)
      .describe('parameters: of the request to a model, with its name, and whether what it made was handed out'),
    mediaType: z.enum(['text/plain', 'application/json']),
    text: text(200_000),
  })
  .describe('kept only on a match; goes to NCMEC as a supplemental file')

export type Supplement = z.infer<typeof supplement>
export type SupplementKind = (typeof supplementKinds)[number]
