// What a person may say of one file when they decide that it is reported. Never copied from a list: somebody's own call.
import { z } from 'zod'

/** The CyberTipline's file annotations, in its order. */
export const fileAnnotations = [
  'drawing',
  'potential_meme',
  'viral',
  'self_production',
  'physical_harm',
  'violence_gore',
  'bestiality',
  'live_streaming',
  'infant',
  'generative_ai',
] as const
export type FileAnnotation = (typeof fileAnnotations)[number]

/** A: prepubescent, B: pubescent minor; 1: sex act, 2: lascivious exhibition. Of the Industry Hash Sharing agreement. */
export const classifications = ['A1', 'A2', 'B1', 'B2'] as const
export type Classification = (typeof classifications)[number]

export const fileChoice = z
  .strictObject({
    fileId: z.string().min(1).max(100),
    classification: z
      .enum(classifications)
      .optional()
      .describe('only where reports.industryHashSharingMou is set; your own call, never a list’s'),
    annotations: z.array(z.enum(fileAnnotations)).max(fileAnnotations.length).optional(),
  })
  .meta({ id: 'FileChoice' })
export type FileChoice = z.infer<typeof fileChoice>
