/** For the sandbox's own tests: documents out of the tables, each as small as can be around the one thing it tries. */
import { kindOf } from './kinds.ts'
import type { Row, Table } from './tables.ts'
import { tables } from './tables.ts'

/** Where an element stands: names from the root down. */
export type Path = readonly string[]

/** What to do at the end of the path. `children` and `attributes` are finished XML that stands instead of the usual. */
export interface Twist {
  readonly text?: string
  readonly attribute?: readonly [name: string, value: string]
  /** An attribute left out. */
  readonly without?: string
  readonly children?: string
}

/** One element of one type in one place. */
export interface Place {
  readonly path: Path
  readonly kind: string
  readonly row: Row
}

/** Every element below this root, each path once. */
export function* placesOf(root: string): Generator<Place> {
  yield* below([root], root)
}

function* below(path: Path, type: string): Generator<Place> {
  for (const row of tables.get(type)?.children ?? []) {
    const here = [...path, row.name]
    yield { path: here, kind: row.kind, row }
    yield* below(here, row.kind)
  }
}

/** The type of what stands at a path, or undefined if it is bare text. */
export const tableOf = (kind: string): Table | undefined => tables.get(kind)

/** The whole document with the twist at the path's end and nothing else but what must be there. */
export const documentWith = (path: Path, twist: Twist): string => {
  const [root = '', ...rest] = path
  const document = element(root, root, rest, twist)
  return path.at(-1) === 'emailAddress' ? document.replace('</reporter>', `</reporter>${withAddresses}`) : document
}

// An address in an e-mail or newsgroup incident must be one of the people's.
const withAddresses = kindOf('emailAddress')
  .valid.map((email) => `<victim><victimPerson><email>${email}</email></victimPerson></victim>`)
  .join('')

/** A bare element, valid and as small as can be. */
export const plainElement = ({ name, kind }: Row): string => element(name, kind, undefined, {})

// rest: what is left of the path below this element; undefined beside the path.
const element = (name: string, kind: string, rest: Path | undefined, twist: Twist): string => {
  const table = tables.get(kind)
  const here = rest?.length === 0 ? twist : {}
  const inside =
    here.children ??
    (table === undefined || table.content !== undefined
      ? escaped(here.text ?? kindOf(table?.content ?? kind).valid[0] ?? '')
      : childrenOf(table, rest, twist))
  return `<${name}${attributesOf(table?.attributes ?? [], here)}>${inside}</${name}>`
}

const childrenOf = ({ order, children }: Table, rest: Path | undefined, twist: Twist): string => {
  const [first] = children
  // Of a choice the first, if the path does not say which.
  const must = ({ card }: Row) => order !== 'choice' && /[1+]/.test(card)
  const chosen = children.filter((row) => row.name === rest?.[0] || must(row))
  const wanted = chosen.length === 0 && order === 'choice' && first ? [first] : chosen
  return wanted
    .map((row) => (row.name === rest?.[0] ? element(row.name, row.kind, rest.slice(1), twist) : plainElement(row)))
    .join('')
}

// A date of verification wants to be verified.
const attributesOf = (rows: readonly Row[], { attribute, without }: Twist): string => {
  const must = rows
    .filter(({ name, card }) => card === '1' && name !== attribute?.[0] && name !== without)
    .map(({ name, kind }) => ` ${name}="${escaped(kindOf(kind).valid[0] ?? '')}"`)
  const own = attribute === undefined ? '' : ` ${attribute[0]}="${escaped(attribute[1])}"`
  return `${must.join('')}${own}${attribute?.[0] === 'verificationDate' ? ' verified="true"' : ''}`
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
