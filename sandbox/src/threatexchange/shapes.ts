/** What a change of the group looks like when another process asks for it. */
import { anyText, kinds, many, object, oneOf, oneOrMany, text, whole } from '../lists/shape.ts'
import { indicatorTypes, reactions } from './indicator.ts'

const descriptor = object(
  { ownerId: text },
  {
    status: oneOf('MALICIOUS', 'NON_MALICIOUS', 'SUSPICIOUS', 'UNKNOWN'),
    tags: many(text),
    reactions: many(object({ reaction: oneOf(...reactions), appId: text })),
  },
)
const type = oneOf(...indicatorTypes)
const more = { descriptors: many(descriptor), atMs: whole }

export const changeShape = oneOrMany(
  kinds({
    add: object({ kind: text, type, indicator: anyText }, more),
    update: object({ kind: text, id: text }, { type, indicator: anyText, ...more }),
    delete: object({ kind: text, id: text }, { atMs: whole }),
  }),
)
