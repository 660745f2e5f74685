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
  throw wrong(`is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? ''}`)
}

/** country: ISO 3166, with or without a subdivision. */
export function helpLinesFor(lines: HelpLines, country: string | null): readonly HelpLine[] {
  const code = country?.slice(0, 2).toUpperCase() ?? '*'
  return (Object.hasOwn(lines, code) ? lines[code] : undefined) ?? lines['*'] ?? []
}
