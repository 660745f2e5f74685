// How the deployment itself stands: ready or not, its lists, its jobs.
import { z } from 'zod'
import { moment } from './moment.ts'

export const check = z.object({ name: z.string(), ok: z.boolean(), words: z.string() })
export type Check = z.infer<typeof check>

export const ready = z
  .object({
    ready: z.boolean(),
    environment: z.enum(['sandbox', 'test', 'production']),
    notice: z.string().optional().describe('outside production: that nothing is reported to NCMEC'),
    checks: z.array(check),
  })
  .meta({ id: 'Ready' })
export type Ready = z.infer<typeof ready>

export const listSummary = z
  .object({
    id: z.string(),
    class: z.string(),
    environment: z.string(),
    radiusBits: z.int(),
    entries: z.int(),
    createdAt: moment,
    changedAt: moment,
  })
  .meta({ id: 'ListSummary' })
export type ListSummary = z.infer<typeof listSummary>

export const jobSummary = z
  .object({
    id: z.string(),
    kind: z.string(),
    subject: z.string(),
    state: z.enum(['waiting', 'running', 'dead']),
    runAt: moment,
    attempts: z.int(),
    lastError: z.string().nullable(),
    createdAt: moment,
  })
  .meta({ id: 'JobSummary' })
export type JobSummary = z.infer<typeof jobSummary>
