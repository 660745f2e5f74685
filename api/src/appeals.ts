// The words of whoever holds the link of a notice. They can add words and read nothing.
import { z } from 'zod'

export const appealRequest = z
  .strictObject({
    token: z.string().min(1).max(200).describe('from the link in the notice'),
    words: z.string().trim().min(1).max(10_000),
  })
  .meta({ id: 'AppealRequest' })
export type AppealRequest = z.infer<typeof appealRequest>

export const appealReceived = z.object({ received: z.literal(true) }).meta({ id: 'AppealReceived' })
