// Which keys of a context were filled in later: for people, who look at what is new and not at everything again.

/** Keys of `after` that say more than `before` does, `account.email`. A list that became longer is one key. */
export function grown(before: object, after: object, at = ''): string[] {
  const known: { readonly [key: string]: unknown } = { ...before }
  return Object.entries(after).flatMap(([key, now]) => {
    const path = at === '' ? key : `${at}.${key}`
    const said = known[key]
    if (isBag(now)) return grown(isBag(said) ? said : {}, now, path)
    return JSON.stringify(said) === JSON.stringify(now) ? [] : [path]
  })
}

const isBag = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
