// From the parts of an XML Schema to facts by path. Types are unfolded at each place they are used, so a schema may describe far more than
// it says; there is an end to what is followed.
import type { XmlElement } from '../xml/read-xml.ts'
import { type Components, Endless } from './components.ts'
import type { Fact, Facts } from './facts.ts'
import { simpleText, type Text } from './simple-text.ts'

/** The given roots, then the global elements that none of them leads to: a document nobody knew of. */
export function describe(components: Components, roots: readonly string[]): Facts {
  const facts = new Map<string, Fact>()
  const root = (name: string) => {
    const element = components.find('element', name)
    if (element) addElement({ components, facts, path: name, depth: 0 }, element, once)
  }
  for (const name of roots) root(name)
  const reached = new Set([...facts.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)))
  for (const name of components.roots) if (!reached.has(name) && /^[A-Za-z]\w*$/.test(name)) root(name)
  return facts
}

/** Four times the depth of the schema of 2025. */
const mostDepth = 32

type Place = {
  readonly components: Components
  readonly facts: Map<string, Fact>
  readonly path: string
  readonly depth: number
}
type Range = { readonly min: number; readonly max: number | 'many' }
const once: Range = { min: 1, max: 1 }

function addElement(place: Place, element: XmlElement, range: Range): void {
  const { components, facts, path } = place
  components.spend()
  if (place.depth > mostDepth) throw new Endless()
  for (const odd of ['substitutionGroup', 'nillable', 'abstract']) {
    if ((element.attributes.get(odd) ?? 'false') !== 'false') components.passOver(odd)
  }
  const fixed = fixedOf(element)
  const inline = components.parts(element).find(({ name }) => name === 'complexType')
  const complex = inline ?? components.find('complexType', element.attributes.get('type'))
  if (!complex) {
    facts.set(path, { ...range, ...simpleText(components, element), ...fixed, children: [] })
    return
  }
  const content = contentOf(components, complex, 0)
  const inside = new Map(
    content.particles.flatMap((particle) => soundName(components, particle.element).map((name) => [name, particle])),
  )
  const group = content.group && inside.size > 0 ? { group: content.group } : {}
  facts.set(path, { ...range, ...content.text, ...fixed, ...group, children: [...inside.keys()] })
  for (const attribute of content.attributes) addAttribute(place, attribute)
  for (const [name, particle] of inside) {
    addElement({ ...place, path: `${path}/${name}`, depth: place.depth + 1 }, particle.element, particle.range)
  }
}

function addAttribute({ components, facts, path }: Place, written: XmlElement): void {
  const use = written.attributes.get('use')
  if (use === 'prohibited') return
  const attribute = components.find('attribute', written.attributes.get('ref')) ?? written
  const min = use === 'required' ? 1 : 0
  for (const name of soundName(components, attribute)) {
    const text = simpleText(components, attribute)
    facts.set(`${path}/@${name}`, { min, max: 1, ...text, ...fixedOf(written), children: [] })
  }
}

type Particle = { readonly element: XmlElement; readonly range: Range }
type Content = {
  readonly text?: Text
  readonly group: Fact['group']
  readonly particles: readonly Particle[]
  readonly attributes: readonly XmlElement[]
}

/** Of a complex type, with what it inherits. */
function contentOf(components: Components, type: XmlElement, depth: number): Content {
  if (depth > mostDepth) throw new Endless()
  if (type.attributes.get('mixed') === 'true') components.passOver('mixed')
  let content: Content = { group: undefined, particles: [], attributes: [] }
  for (const part of components.parts(type)) {
    switch (part.name) {
      case 'sequence':
      case 'choice':
      case 'all':
      case 'group': {
        const group = part.name === 'group' ? 'sequence' : part.name
        const particles = [...content.particles, ...particlesOf(components, part, once, 0)]
        content = { ...content, group: content.group ?? group, particles }
        break
      }
      case 'attribute':
      case 'attributeGroup':
        content = { ...content, attributes: [...content.attributes, ...attributesOf(components, part, 0)] }
        break
      case 'simpleContent':
      case 'complexContent':
        content = derived(components, part, depth)
        break
      default:
        components.passOver(part.name)
    }
  }
  return content
}

/** An extension adds to its base; a restriction of elements says them all again, and one of text is read as its base. */
function derived(components: Components, part: XmlElement, depth: number): Content {
  const [derivation] = components.parts(part)
  if (!derivation) return { group: undefined, particles: [], attributes: [] }
  const reference = derivation.attributes.get('base')
  const base = components.find('complexType', reference)
  const own = contentOf(components, derivation, depth + 1)
  if (!base) return { ...own, text: simpleText(components, derivation) }
  const inherited = contentOf(components, base, depth + 1)
  const extends_ = derivation.name === 'extension'
  return {
    ...(inherited.text ? { text: inherited.text } : {}),
    group: own.group ?? inherited.group,
    particles: extends_ ? [...inherited.particles, ...own.particles] : own.particles,
    attributes: [...inherited.attributes, ...own.attributes],
  }
}

function particlesOf(components: Components, part: XmlElement, outer: Range, depth: number): Particle[] {
  components.spend()
  if (depth > mostDepth) throw new Endless()
  const range = times(rangeOf(part), outer)
  const inside = (node: XmlElement, within: Range) =>
    components.parts(node).flatMap((child) => particlesOf(components, child, within, depth + 1))
  switch (part.name) {
    case 'element':
      return [{ element: components.find('element', part.attributes.get('ref')) ?? part, range }]
    case 'sequence':
    case 'all':
      return inside(part, range)
    case 'choice':
      return inside(part, { ...range, min: 0 })
    case 'group': {
      const group = components.find('group', part.attributes.get('ref'))
      return group ? inside(group, range) : []
    }
    default:
      components.passOver(part.name)
      return []
  }
}

function attributesOf(components: Components, part: XmlElement, depth: number): XmlElement[] {
  components.spend()
  if (depth > mostDepth) throw new Endless()
  if (part.name === 'attribute') return [part]
  const group = components.find('attributeGroup', part.attributes.get('ref'))
  return group ? components.parts(group).flatMap((child) => attributesOf(components, child, depth + 1)) : []
}

function rangeOf({ attributes }: XmlElement): Range {
  const max = attributes.get('maxOccurs') ?? '1'
  return { min: count(attributes.get('minOccurs') ?? '1'), max: max === 'unbounded' ? 'many' : count(max) }
}

function count(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : 1
}

function times(inner: Range, outer: Range): Range {
  const many = inner.max === 'many' || outer.max === 'many'
  return { min: inner.min * outer.min, max: many ? 'many' : Number(inner.max) * Number(outer.max) }
}

/** One name, or none: a path must not be forged by a name, and no name may be one that every object has. */
function soundName(components: Components, { attributes }: XmlElement): string[] {
  const name = attributes.get('name') ?? ''
  if (/^[A-Za-z][\w.-]{0,99}$/.test(name) && !(name in {})) return [name]
  components.passOver('name')
  return []
}

function fixedOf({ attributes }: XmlElement): { readonly fixed?: string } {
  const fixed = attributes.get('fixed')
  return fixed === undefined ? {} : { fixed }
}
