/** What a change of the list looks like when another process asks for it. */
import { anyText, kinds, many, object, oneOf, oneOrMany, orNull, text, whole } from '../lists/shape.ts'
import { pathKinds, textKinds } from './entry.ts'

const feedback = object({ memberId: whole, type: oneOf(...pathKinds), atMs: whole, reasons: orNull(many(text)) })
const large = pathKinds.filter((kind) => textKinds.every((small) => small.toUpperCase() !== kind))

const entry = object(
  {},
  {
    kind: oneOf('image', 'video'),
    classification: orNull(anyText),
    fingerprints: object({}, Object.fromEntries(textKinds.map((kind) => [kind, anyText]))),
    large: many(oneOf(...large)),
    feedback: many(feedback),
  },
)
const key = { kind: text, memberId: whole, entryId: text }

export const changeShape = oneOrMany(
  kinds({
    add: object({ ...key, entry }, { atMs: whole }),
    update: object(key, { entry, atMs: whole }),
    delete: object(key, { atMs: whole }),
  }),
)
