// What the text of an element or attribute may be, down the chain of restrictions to the XSD's own types.
import type { XmlElement } from '../xml/read-xml.ts'
import type { Components } from './components.ts'
import type { Fact } from './facts.ts'

export type Text = Pick<Fact, 'text' | 'values' | 'patterns' | 'limits'>

/** node: an element or attribute with a `type`, a derivation with a `base`, or either with a simpleType inside. */
export function simpleText(components: Components, node: XmlElement, depth = 0): Text {
  const reference = node.attributes.get('type') ?? node.attributes.get('base')
  const builtIn = components.builtIn(reference)
  if (builtIn !== undefined) return { text: builtIn }
  const inline = components.parts(node).find(({ name }) => name === 'simpleType')
  const type = inline ?? components.find('simpleType', reference)
  const restriction = type && components.parts(type).find(({ name }) => name === 'restriction')
  // Twenty restrictions of restrictions are a circle.
  if (!restriction || depth > 20) {
    if (type || reference !== undefined)
      components.passOver(type ? (components.parts(type)[0]?.name ?? 'type') : 'type')
    return { text: 'anyType' }
  }
  return restricted(components, restriction, simpleText(components, restriction, depth + 1))
}

function restricted(components: Components, restriction: XmlElement, base: Text): Text {
  const facets = components.parts(restriction).filter(({ name }) => name !== 'simpleType')
  const of = (name: string) => facets.filter((facet) => facet.name === name).map(facetValue)
  const [values, patterns] = [of('enumeration'), of('pattern')]
  const limits = facets
    .filter(({ name }) => name !== 'enumeration' && name !== 'pattern')
    .map((facet) => `${facet.name}=${facetValue(facet)}`)
  return {
    ...base,
    ...(values.length > 0 ? { values } : {}),
    ...(patterns.length > 0 ? { patterns: [...(base.patterns ?? []), ...patterns] } : {}),
    ...(limits.length > 0 ? { limits: [...(base.limits ?? []), ...limits] } : {}),
  }
}

function facetValue({ attributes }: XmlElement): string {
  return attributes.get('value') ?? ''
}
