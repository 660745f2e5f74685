// One template: words with {{fields}}, without logic. What it names is checked once, at the start; then it is only filled.
import Mustache from 'mustache'

/** What a template may name. */
export type Fields = {
  /** Filled with text. */
  readonly values: readonly string[]
  /** {{#name}} ... {{/name}} and {{^name}} ... {{/name}} around words that are said, or not. */
  readonly conditions: readonly string[]
  /** {{> name}}: words that several templates share. */
  readonly parts: readonly string[]
}

export type TemplateTrouble = {
  /** Counted from the template's first line, which is 0. */
  readonly line: number
  readonly words: string
  /** The field it is about; null where the template cannot be read at all. */
  readonly field: string | null
}

/**
 * What a notice never says. Naming one of these is refused in the same way as naming anything else that is no field, but
 * in plainer words: somebody meant it.
 */
const neverSaid = [
  ...['picture', 'image', 'file', 'fileName', 'filename', 'hash', 'sha256', 'sha1', 'md5', 'pdq', 'print'],
  ...['list', 'listName', 'entry', 'class', 'match', 'matches', 'distance', 'distanceBits', 'quality'],
  ...['report', 'reportId', 'case', 'caseId', 'caseNumber', 'scan', 'scanId', 'evidence', 'ncmec', 'classification'],
  ...['officer', 'reviewer', 'decider', 'person', 'by', 'police', 'address', 'ip', 'url', 'account', 'accountId'],
]

/** Everything that is wrong with the names in it. */
export function checkTemplate(template: string, fields: Fields): readonly TemplateTrouble[] {
  const troubles: TemplateTrouble[] = []
  const known = new Set([...fields.values, ...fields.conditions])
  const look = (tokens: readonly Token[]) => {
    for (const { kind, name, start, within } of tokens) {
      const line = lineOf(template, start)
      const say = (words: string) => troubles.push({ line, field: name, words })
      if (kind === 'partial' && !fields.parts.includes(name)) say(`there are no shared words named "${name}" here`)
      if (kind === 'odd')
        say(
          `"${name}" is written in a way that is not allowed: only {{field}}, {{#field}}, {{^field}} and {{> words}} are`,
        )
      if (kind === 'value' && !fields.values.includes(name)) say(wrongName(name, known, 'be filled in'))
      if ((kind === 'section' || kind === 'inverted') && !known.has(name)) say(wrongName(name, known, 'be asked for'))
      look(within)
    }
  }
  try {
    look(tokensOf(template))
  } catch (error) {
    const at = /at (\d+)$/.exec(error instanceof Error ? error.message : '')?.[1]
    troubles.push({
      line: lineOf(template, Number(at ?? 0)),
      field: null,
      words: 'a {{field}} is not closed, or closed twice',
    })
  }
  return troubles
}

function wrongName(name: string, known: ReadonlySet<string>, verb: string): string {
  if (neverSaid.some((one) => one.toLowerCase() === name.toLowerCase()))
    return `"${name}" is forbidden: a message never says anything of the file, the list, the match, the report or who decided`
  if (known.has(name)) return `"${name}" is a condition and cannot ${verb}`
  return `"${name}" is not a field here; the fields are ${[...known].join(', ')}`
}

/**
 * Whether the template says `field` whenever it has a value: as a value, or (a marker) as words between {{#field}} and
 * {{/field}}. What stands under another condition than `under` is not always said.
 */
export function alwaysSays(
  template: string,
  {
    field,
    as,
    under,
    parts,
  }: {
    readonly field: string
    readonly as: 'value' | 'words'
    readonly under: readonly string[]
    readonly parts: Readonly<Record<string, string>>
  },
): boolean {
  const says = (tokens: readonly Token[]): boolean =>
    tokens.some(({ kind, name, within }) => {
      if (kind === 'value') return as === 'value' && name === field
      if (kind === 'partial') return says(tokensOf(parts[name] ?? ''))
      if (kind !== 'section') return false
      if (name === field && as === 'words' && hasWords(within)) return true
      return (name === field || under.includes(name)) && says(within)
    })
  return says(tokensOf(template))
}

const hasWords = (tokens: readonly Token[]): boolean =>
  tokens.some(
    ({ kind, name, within }) => kind === 'value' || (kind === 'text' && /\p{L}/u.test(name)) || hasWords(within),
  )

export type View = {
  readonly [field: string]: string | boolean | null | readonly { readonly [field: string]: string }[]
}

/** As it is written, nothing escaped: whoever makes HTML of it escapes the whole. */
export function fill(template: string, view: View, parts: Readonly<Record<string, string>> = {}): string {
  return Mustache.render(template, view, { ...parts }, { escape: String })
}

type Token = {
  readonly kind: 'text' | 'value' | 'section' | 'inverted' | 'partial' | 'odd'
  /** Of a text, the text. */
  readonly name: string
  readonly start: number
  readonly within: readonly Token[]
}

const kinds: Readonly<Record<string, Token['kind']>> = {
  text: 'text',
  name: 'value',
  '#': 'section',
  '^': 'inverted',
  '>': 'partial',
}

/** Throws where a tag is not closed. */
function tokensOf(template: string): readonly Token[] {
  const read = (spans: ReturnType<typeof Mustache.parse>): Token[] =>
    spans.flatMap(([type, name, start, , within]) =>
      type === '!'
        ? []
        : [{ kind: kinds[type] ?? 'odd', name, start, within: Array.isArray(within) ? read(within) : [] }],
    )
  return read(Mustache.parse(template))
}

const lineOf = (template: string, offset: number): number => template.slice(0, offset).split('\n').length - 1
