// Time on the wire is ISO 8601 in UTC; inside it is epoch milliseconds. One codec turns one into the other.
import { z } from 'zod'

/** `decode`: text -> epoch milliseconds. `encode`: epoch milliseconds -> text. */
export const moment = z.codec(z.iso.datetime(), z.int(), {
  decode: (text) => Date.parse(text),
  encode: (ms) => new Date(ms).toISOString(),
})
