// Where people find help, by country, as the operator wrote it down. Wardline ships none: a wrong number does harm.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { Fault } from '#base'

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\n\r]*$/, 'must be one line')

const line = z.strictObject({ name: oneLine(200), reach: oneLine(500) })
/** `*`: for people of every other country, and of none that is known. */
const file = z.record(
  z.string().regex(/^([A-Z]{2}|\*)$/, 'must be an ISO 3166 code of two letters as "DE", or "*"'),
  z.array(line).max(20),
)

export type HelpLine = z.infer<typeof line>
export type HelpLines = Readonly<Record<string, readonly HelpLine[]>>

/** undefined: none is configured. Fault `help_lines_wrong`, naming the file and what is wrong, never a value. */
export function loadHelpLines(path: string | undefined): HelpLines {
  if (path === undefined) return {}
  const name = basename(path)
  const wrong = (words: string, cause?: unknown) =>
    new Fault('help_lines_wrong', `${name} (notices.helpLinesFile) ${words}`, { retry: 'never', cause })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw wrong(`cannot be read (looked at ${path})`, cause)
  }
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw wrong(`is not YAML at line ${error.linePos?.[0].line ?? 1} (${error.code})`)
  const parsed = file.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const [country, place, key] = issue?.path ?? []
  const where = [
    ...(country === undefined ? [] : [`of "${String(country)}"`]),
    ...(typeof place === 'number' ? [`the line ${place + 1}`] : []),
    ...(key === undefined ? [] : [`its "${String(key)}"`]),
  ]
  throw wrong(
    `is wrong: ${where.length === 0 ? '' : `${where.join(', ')} `}${issue === undefined ? '' : inWords(issue)}`,
  )
}

/** What is to be mended, as whoever wrote the file would say it. */
function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is no country'
    case 'unrecognized_keys':
      return `has keys other than "name" and "reach": ${issue.keys.join(', ')}`
    case 'too_small':
      return 'must not be empty'
    case 'too_big':
      return issue.origin === 'array'
        ? `has more than ${issue.maximum} lines`
        : `is longer than ${issue.maximum} characters`
    case 'invalid_type':
      return expected[issue.path.length] ?? 'is missing, or is no text: put it into quotation marks'
    default:
      return issue.message
  }
}

/** By how deep in the file it is. */
const expected: Readonly<Record<number, string>> = {
  0: 'it must be countries with a list under each, as DE: and then "- name: ..." with "reach: ..."',
  1: 'must be a list: each line begins with "- name: ..." and has "reach: ..." under it',
  2: 'must have "name:" and "reach:"',
}

/** country: ISO 3166, with or without a subdivision. */
export function helpLinesFor(lines: HelpLines, country: string | null): readonly HelpLine[] {
  const code = country?.slice(0, 2).toUpperCase() ?? '*'
  return (Object.hasOwn(lines, code) ? lines[code] : undefined) ?? lines['*'] ?? []
}
