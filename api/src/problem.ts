// How a refusal looks on the wire: RFC 9457, with a stable code and the next step in words. Never a value, never a stack.
import { z } from 'zod'

export const problem = z
  .object({
    type: z.string().describe('urn:wardline:problem:<code>; stable'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; decide by this'),
    detail: z.string().describe('what happened, in words'),
    next: z.string().describe('what to do now, in words'),
    requestId: z.string().describe('stands beside this request in the server’s log'),
    wrong: z
      .array(z.object({ path: z.string(), words: z.string() }))
      .optional()
      .describe('each wrong key by its path; never its value'),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>
