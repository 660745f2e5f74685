// Reads a fetched schema. Its bytes are a stranger's: no DOCTYPE, so no entities; nothing is fetched that it names; and whatever it
// builds of itself, it ends.
import { createHash } from 'node:crypto'
import { schema } from '../schema/schema.ts'
import { readXml, type XmlElement } from '../xml/read-xml.ts'
import { componentsOf, Endless, namespace } from './components.ts'
import { describe } from './describe.ts'
import type { Facts } from './facts.ts'

export type Xsd = {
  readonly kind: 'xsd'
  /** Of the bytes, lower-case hex: the same digest, the same schema. */
  readonly sha256: string
  readonly facts: Facts
  /** What is in it that this reader does not understand, by name (`any`, `import`): of these it says nothing. Empty is the normal case. */
  readonly unread: readonly string[]
}

export type UnreadableXsd = {
  readonly kind: 'unreadable'
  readonly sha256: string
  /** too_long: in bytes; endless: in what it describes. */
  readonly why: 'too_long' | 'not_xml' | 'doctype' | 'not_a_schema' | 'endless'
}

/** Pure. NCMEC's schema has some 60 KB; more than a megabyte is not read. */
export function readXsd(bytes: Uint8Array): Xsd | UnreadableXsd {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const unreadable = (why: UnreadableXsd['why']) => ({ kind: 'unreadable', sha256, why }) as const
  if (bytes.byteLength > mostBytes) return unreadable('too_long')
  const root = readXml(bytes)
  if (typeof root === 'string') return unreadable(root)
  if (!isSchema(root)) return unreadable('not_a_schema')
  const components = componentsOf(root)
  try {
    const facts = describe(components, Object.keys(schema))
    return { kind: 'xsd', sha256, facts, unread: [...components.unread].sort() }
  } catch (error) {
    if (error instanceof Endless) return unreadable('endless')
    throw error
  }
}

const mostBytes = 1024 * 1024

function isSchema(root: XmlElement): boolean {
  const declared = root.attributes.get(root.prefix === '' ? 'xmlns' : `xmlns:${root.prefix}`)
  return root.name === 'schema' && declared === namespace
}
