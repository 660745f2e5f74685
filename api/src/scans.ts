// What a platform hears about an image it sent. Nothing here tells of lists, entries or distances.
import { z } from 'zod'
import { lacks } from './reports.ts'

/** From harmless to worst: several files together carry the worst of theirs. */
export const verdicts = ['clear', 'not_scanned', 'unscannable', 'held'] as const
export const verdict = z
  .enum(verdicts)
  .describe(
    'clear: no match, nothing was kept. held: a match; evidence and case are durable, do not publish the file. ' +
      'unscannable: not all of it could be read, and nothing that was read matched. not_scanned: your rules switch this surface off here.',
  )
export type Verdict = z.infer<typeof verdict>

export const reasons = [
  'empty',
  'not_an_image',
  'unsupported_type',
  'too_many_pixels',
  'too_slow',
  'too_much_memory',
  'decoder_crashed',
  'nothing_decodes',
  'too_many_frames',
  'unread_frames',
  'switched_off',
] as const

export const scanAnswer = z
  .object({
    id: z.string().describe('the scan’s id; ask GET /v1/scans/{id} what became of a held one'),
    verdict,
    reason: z.enum(reasons).optional().describe('why it was unscannable or not_scanned'),
  })
  .meta({ id: 'ScanAnswer' })
export type ScanAnswer = z.infer<typeof scanAnswer>

export const scanAnswers = z
  .object({ verdict: verdict.describe('the worst of the results'), results: z.array(scanAnswer) })
  .describe('for several files, in the order of the files')
  .meta({ id: 'ScanAnswers' })
export type ScanAnswers = z.infer<typeof scanAnswers>

export const scanStates = ['held', 'released', 'removed', 'unknown'] as const
export const scanState = z
  .object({
    id: z.string(),
    state: z
      .enum(scanStates)
      .describe(
        'held: not decided. released: a person found it harmless. removed: it was reported. unknown: a clear scan, ' +
          'or never was.',
      ),
  })
  .meta({ id: 'ScanState' })
export type ScanState = z.infer<typeof scanState>

export const contextTaken = z
  .object({
    id: z.string(),
    state: z.enum(scanStates),
    taken: z
      .enum(['for_report', 'kept', 'not_kept'])
      .describe(
        'for_report: the report will say it. kept: the report is written already; it stays with the case. not_kept: ' +
          'nothing was held of this scan, or it was released, or this coming of the file is no longer kept one by one.',
      ),
    lacking: lacks
      .nullable()
      .describe(
        'what a report about it would still lack; of one that is written and not changed any more, what it lacked as it was ' +
          'written. null: that is not known, or there can be no such report',
      ),
  })
  .meta({ id: 'ContextTaken' })
export type ContextTaken = z.infer<typeof contextTaken>

/** The verdict that several files carry together. */
export function worst(of: readonly Verdict[]): Verdict {
  return verdicts[Math.max(0, ...of.map((one) => verdicts.indexOf(one)))] ?? 'clear'
}
