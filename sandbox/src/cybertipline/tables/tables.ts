/**
 * For the sandbox's own tests: the tables of CyberTipline API, sections 5 to 7, written down a second time, by hand and in
 * the tables' own order, so that schema.xsd and rules/ are judged by something they were not made from.
 * A type's line: its name, then `choice` or `all` unless it is a sequence, or `= kind` if it holds text. Below it
 * `name card kind`, card being 1, ?, * or +, and `@name card kind` for attributes. kind: a type, or see kinds.ts.
 */
import { fileRows } from './file-rows.ts'
import { incidentRows } from './incident-rows.ts'
import { peopleRows } from './people-rows.ts'

const written = `${incidentRows}${peopleRows}${fileRows}`

export interface Row {
  readonly name: string
  readonly card: string
  readonly kind: string
}

export interface Table {
  readonly order: 'sequence' | 'choice' | 'all'
  /** The kind of its text, if it holds text and no elements. */
  readonly content: string | undefined
  readonly children: readonly Row[]
  readonly attributes: readonly Row[]
}

type Growing = Table & { readonly children: Row[]; readonly attributes: Row[] }

const read = (): ReadonlyMap<string, Table> => {
  const tables = new Map<string, Growing>()
  let last: Growing | undefined
  for (const line of written.split('\n').filter((one) => one !== '')) {
    const [, name = '', word, ...rest] = /^(?:\s*)(\S+)(?: (\S+))?(?: (.*))?$/.exec(line) ?? []
    const kind = rest[0] ?? ''
    if (!line.startsWith(' ')) {
      const order = word === 'choice' || word === 'all' ? word : 'sequence'
      last = { order, content: word === '=' ? kind : undefined, children: [], attributes: [] }
      tables.set(name, last)
    } else if (name.startsWith('@')) last?.attributes.push({ name: name.slice(1), card: word ?? '', kind })
    else last?.children.push({ name, card: word ?? '', kind })
  }
  return tables
}

export const tables = read()
