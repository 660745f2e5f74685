// The named parts of an XML Schema and how they refer to each other.
import type { XmlElement } from '../xml/read-xml.ts'

export const namespace = 'http://www.w3.org/2001/XMLSchema'

export type Components = {
  /** Global declarations by kind and name. */
  find(kind: Kind, reference: string | undefined): XmlElement | undefined
  /** Names of the global elements, in order. */
  readonly roots: readonly string[]
  /** `xs:string` -> `string`; undefined for a type of the schema's own. */
  builtIn(reference: string | undefined): string | undefined
  /** The children that mean something: of the XSD's own namespace, no annotations. */
  parts(node: XmlElement): readonly XmlElement[]
  /** Remembers a construct that this reader passes over. */
  passOver(name: string): void
  /** To be called at each turn: throws Endless for a schema that contains itself, or makes of few words more than any report has. */
  spend(): void
  readonly unread: ReadonlySet<string>
}

export class Endless extends Error {}

/** The schema of 2025 takes some five thousand turns. */
const mostTurns = 40_000

type Kind = 'element' | 'complexType' | 'simpleType' | 'group' | 'attribute' | 'attributeGroup'

export function componentsOf(root: XmlElement): Components {
  const unread = new Set<string>()
  let turns = 0
  const own = (node: XmlElement) => node.prefix === root.prefix
  const parts = (node: XmlElement) => node.children.filter((child) => own(child) && child.name !== 'annotation')
  const named = new Map(parts(root).map((node) => [`${node.name} ${node.attributes.get('name') ?? ''}`, node]))
  for (const { name } of parts(root)) if (!kinds.has(name)) unread.add(name)
  return {
    find: (kind, reference) => named.get(`${kind} ${localName(reference ?? '')}`),
    roots: parts(root).flatMap((node) => (node.name === 'element' ? [node.attributes.get('name') ?? ''] : [])),
    builtIn: (reference = '') => {
      const colon = reference.indexOf(':')
      const declared = colon < 0 ? 'xmlns' : `xmlns:${reference.slice(0, colon)}`
      return root.attributes.get(declared) === namespace ? localName(reference) : undefined
    },
    parts,
    passOver: (name) => void unread.add(name),
    spend: () => {
      turns += 1
      if (turns > mostTurns) throw new Endless()
    },
    unread,
  }
}

const kinds = new Set(['element', 'complexType', 'simpleType', 'group', 'attribute', 'attributeGroup'])

function localName(reference: string): string {
  return reference.slice(reference.indexOf(':') + 1)
}
