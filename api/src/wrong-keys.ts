// A schema's complaints in words: the path of each wrong key and what belongs there. Never the value that stood there.
import type { z } from 'zod'

export interface WrongKey {
  /** `account.email`, `off[0].surface`; empty for the whole. */
  readonly path: string
  readonly words: string
}

/** One line per complaint, in the schema's order. `input` only tells a missing key from a wrong one. */
export function wrongKeys(error: z.ZodError, input: unknown): WrongKey[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: pathWords([...issue.path, key]), words: 'is not a known key' }))
    const missing = valueAt(input, issue.path) === undefined ? 'is missing; it ' : ''
    return [{ path: pathWords(issue.path), words: `${missing}must be ${expected(issue)}` }]
  })
}

function expected(issue: z.core.$ZodIssue): string {
  // Our schemas' own sentences start with `must be`; anything else is a library's sentence, and ours says it better.
  if (issue.message.startsWith('must be ')) return issue.message.slice('must be '.length)
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `${measure(issue.origin)} at least ${issue.minimum}`
    case 'too_big':
      return `${measure(issue.origin)} at most ${issue.maximum}`
    case 'invalid_format':
      return formats[issue.format] ?? 'of the form that the reference gives'
    default:
      return 'what the reference gives'
  }
}

const types: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object with keys',
  array: 'a list',
}

const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  url: 'a complete URL',
  datetime: 'an instant with its time zone, as 2026-01-31T12:00:00Z',
}

const measure = (origin: string) =>
  origin === 'string' ? 'text whose length is' : origin === 'array' ? 'a list whose length is' : 'a number,'

function pathWords(path: readonly PropertyKey[]): string {
  let words = ''
  for (const step of path) {
    // A key's name is the caller's own text: shortened, so that it cannot fill a log.
    if (typeof step === 'number') words += `[${step}]`
    else words += `${words === '' ? '' : '.'}${String(step).slice(0, 60)}`
  }
  return words
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, step)?.value
  }
  return value
}
