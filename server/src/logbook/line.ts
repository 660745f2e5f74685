// One line of the logbook: what was begun or done outside, in ids alone, and a keyed digest that ties it to the line before.
import { z } from 'zod'
import type { Vault } from '#vault'

/**
 * `*_begun` stands in the logbook before the call goes out, and names what the database has written down of it by then; so a database
 * without that is older. The others are what came of it, written before the database hears of it.
 */
const milestones = [
  'submit_begun',
  'submitted',
  'finish_begun',
  'finished',
  'retracted',
  'notice_begun',
  'notice_sent',
] as const
export type Milestone = (typeof milestones)[number]

export const line = z.strictObject({
  /** Epoch milliseconds. */
  at: z.int(),
  what: z.enum(milestones),
  /** Of ours: a report or a notice. */
  subject: z.string().regex(/^[a-z0-9_]{1,64}$/i),
  /** Of a report's milestone: its case. */
  caseId: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/i)
    .optional(),
  /** Of a `*_begun` of a batched report: its other cases. */
  otherCases: z
    .array(z.string().regex(/^[a-z0-9_]{1,64}$/i))
    .max(1000)
    .optional(),
  /** Of a `*_begun` of a report: the step in the database's journal. Of a notice: which attempt it is, from 1. */
  step: z.string().max(64).optional(),
  /** The id that the CyberTipline gave. */
  remoteId: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  environment: z.enum(['sandbox', 'test', 'production']),
})

export type Line = Readonly<z.infer<typeof line>>

const written = z.strictObject({ line, tie: z.string().regex(/^[0-9a-f]{64}$/) })

type Keyed = Pick<Vault, 'keyed'>

/** `before`: the tie of the line above in the same file; empty for the first. */
const tieOf = (vault: Keyed, before: string, one: Line): string =>
  vault.keyed('logbook line', JSON.stringify([before, one]))

export function writeLine(vault: Keyed, before: string, one: Line): { readonly text: string; readonly tie: string } {
  const parsed = line.parse(one)
  const tie = tieOf(vault, before, parsed)
  return { text: `${JSON.stringify({ line: parsed, tie })}\n`, tie }
}

/** torn: no whole line, as a power cut leaves it. altered: a whole line that is not ours, or not the next one here. */
export function readLine(vault: Keyed, before: string, text: string): { line: Line; tie: string } | 'torn' | 'altered' {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return 'torn'
  }
  const { success, data } = written.safeParse(json)
  return success && data.tie === tieOf(vault, before, data.line) ? data : 'altered'
}
