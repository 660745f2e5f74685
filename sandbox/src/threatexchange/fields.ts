/** `fields=id,descriptors{owner{id},tags}`: which fields an answer holds, and which of their own. */

export interface Fields {
  readonly [name: string]: Fields | null
}

/** What can be asked for. A field with fields of its own gives only its id unless told more. */
const known: Fields = {
  id: null,
  indicator: null,
  type: null,
  creation_time: null,
  last_updated: null,
  should_delete: null,
  descriptors: { id: null, reactions: null, owner: { id: null }, tags: null, status: null },
}

/** Without `fields`. Not documented in full; these are what nobody can do without. */
export const usual: Fields = { id: null, indicator: null, type: null, last_updated: null, should_delete: null }

/** undefined: not of that form. */
export const fieldsIn = (text: string): Fields | undefined => {
  const tokens = text.match(/[a-z_]+|[{},]|./g) ?? []
  let at = 0
  const group = (): Fields | undefined => {
    const fields: Record<string, Fields | null> = {}
    for (;;) {
      const name = tokens[at++]
      if (name === undefined || !/^[a-z_]+$/.test(name)) return undefined
      fields[name] = null
      if (tokens[at] === '{') {
        at++
        const inner = group()
        if (!inner || tokens[at++] !== '}') return undefined
        fields[name] = inner
      }
      if (tokens[at] !== ',') return fields
      at++
    }
  }
  const fields = group()
  return at === tokens.length ? fields : undefined
}

/** The first field asked for that is not known. */
export const strangeField = (asked: Fields, there: Fields = known): string | undefined => {
  for (const [name, inner] of Object.entries(asked)) {
    if (!Object.hasOwn(there, name)) return name
    const below = there[name] ?? null
    if (inner === null) continue
    const strange = below === null ? name : strangeField(inner, below)
    if (strange !== undefined) return strange
  }
  return undefined
}
