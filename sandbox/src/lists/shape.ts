/** What another process may send as JSON: each value is demanded in words that name it, before anything of it takes effect. */

/** Throws an Error whose message names `at` and what belongs there. */
export type Demand = (value: unknown, at: string) => void

const must = (at: string, words: string): never => {
  throw new Error(`${at} must be ${words}`)
}

export const text: Demand = (value, at) => {
  if (typeof value !== 'string' || value === '') must(at, 'a text that is not empty')
}

/** A fingerprint may be any text, also none. */
export const anyText: Demand = (value, at) => {
  if (typeof value !== 'string') must(at, 'a text')
}

export const whole: Demand = (value, at) => {
  if (!Number.isSafeInteger(value) || Number(value) < 0) must(at, 'a whole number, 0 or more')
}

export const oneOf =
  (...words: readonly string[]): Demand =>
  (value, at) => {
    if (typeof value !== 'string' || !words.includes(value)) must(at, `one of ${words.join(', ')}`)
  }

export const orNull =
  (demand: Demand): Demand =>
  (value, at) => {
    if (value !== null) demand(value, at)
  }

export const many =
  (demand: Demand): Demand =>
  (value, at) => {
    if (!Array.isArray(value)) return must(at, 'an array')
    for (const [place, one] of value.entries()) demand(one, `${at}[${place}]`)
  }

/** Nothing but these keys: what is misspelled would else be as though it had not been said. */
export const object =
  (wanted: Readonly<Record<string, Demand>>, optional: Readonly<Record<string, Demand>> = {}): Demand =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return must(at, 'an object')
    for (const [key, given] of Object.entries(value)) {
      const demand = Object.hasOwn(wanted, key) ? wanted[key] : Object.hasOwn(optional, key) ? optional[key] : undefined
      if (demand === undefined) {
        const keys = [...Object.keys(wanted), ...Object.keys(optional)]
        throw new Error(`${at} has a key that is not known; it may have ${keys.join(', ')}`)
      }
      demand(given, `${at}.${key}`)
    }
    for (const key of Object.keys(wanted)) if (!Object.hasOwn(value, key)) throw new Error(`${at}.${key} is missing`)
  }

/** By its `kind`. */
export const kinds =
  (of: Readonly<Record<string, Demand>>): Demand =>
  (value, at) => {
    const kind: unknown = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
    oneOf(...Object.keys(of))(kind, `${at}.kind`)
    of[String(kind)]?.(value, at)
  }

/** One, or several in their order. */
export const oneOrMany =
  (demand: Demand): Demand =>
  (value, at) =>
    Array.isArray(value) ? many(demand)(value, at) : demand(value, at)

export const churnShape = object({}, { adds: whole, updates: whole, deletes: whole })
