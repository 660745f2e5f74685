// The words of whoever holds the link of a notice. They can add words and read nothing.
import { z } from 'zod'

/** The most characters of one appeal, as a browser counts them. */
export const appealWords = 10_000

export const appealRequest = z
  .strictObject({
    token: z.string().min(1).max(200).describe('from the link in the notice'),
    // A form sends two characters for each new line; the person saw one.
    words: z
      .string()
      .overwrite((text) => text.replaceAll('\r\n', '\n'))
      .trim()
      .min(1)
      .max(appealWords),
  })
  .meta({ id: 'AppealRequest' })
export type AppealRequest = z.infer<typeof appealRequest>

export const appealReceived = z.object({ received: z.literal(true) }).meta({ id: 'AppealReceived' })
