/** Turns libxml2's complaint about a document into the `cvc-...` sentence the real service's parser would write. */

/** message: as libxml2 gives it, e.g. `Element 'x': This element is not expected. Expected is ( y ).` */
export const inXercesWords = (message: string): string => {
  const text = message.trim()
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(text)
    if (found) return words(...found.slice(1).map((part) => part ?? ''))
  }
  return `cvc-complex-type: ${text}`
}

type Words = (...parts: string[]) => string

// Order matters: the first that fits speaks.
const element = `^Element '([^']*)'`
const anywhere = `^Element '[^']*'(?:, attribute '[^']*')?: `

const sentences: readonly (readonly [RegExp, Words])[] = [
  [
    new RegExp(String.raw`${element}: This element is not expected\. Expected is (?:one of )?\( (.*) \)`),
    (name = '', list = '') =>
      `cvc-complex-type.2.4.a: Invalid content was found starting with element '${local(name)}'. One of '{${list}}' is expected.`,
  ],
  [
    new RegExp(`${element}: This element is not expected`),
    (name = '') =>
      `cvc-complex-type.2.4.d: Invalid content was found starting with element '${local(name)}'. No child element is expected at this point.`,
  ],
  [
    new RegExp(String.raw`${element}: Missing child element\(s\)\. Expected is (?:one of )?\( (.*) \)`),
    (name = '', list = '') =>
      `cvc-complex-type.2.4.b: The content of element '${name}' is not complete. One of '{${list}}' is expected.`,
  ],
  [
    new RegExp(`${element}, attribute '([^']*)': The attribute '[^']*' is not allowed`),
    (name = '', attribute = '') =>
      `cvc-complex-type.3.2.2: Attribute '${attribute}' is not allowed to appear in element '${name}'.`,
  ],
  [
    new RegExp(`${element}: The attribute '([^']*)' is required but missing`),
    (name = '', attribute = '') => `cvc-complex-type.4: Attribute '${attribute}' must appear on element '${name}'.`,
  ],
  [
    new RegExp(
      String.raw`${element}: The actual value '([\s\S]*)' does not match the fixed value constraint '([^']*)'`,
    ),
    (name = '', value = '', fixed = '') =>
      `cvc-elt.5.2.2.2.2: The value '${value}' of element '${name}' does not match the {value constraint} value '${fixed}'.`,
  ],
  [
    new RegExp(
      String.raw`${anywhere}\[facet 'enumeration'\] The value '([\s\S]*)' is not an element of the set \{([\s\S]*)\}`,
    ),
    (value = '', set = '') =>
      `cvc-enumeration-valid: Value '${value}' is not facet-valid with respect to enumeration '[${set.replaceAll("'", '')}]'. It must be a value from the enumeration.`,
  ],
  [
    new RegExp(
      String.raw`${anywhere}\[facet 'pattern'\] The value '([\s\S]*)' is not accepted by the pattern '([^']*)'`,
    ),
    (value = '', pattern = '') =>
      `cvc-pattern-valid: Value '${value}' is not facet-valid with respect to pattern '${pattern}'.`,
  ],
  [
    new RegExp(
      String.raw`${anywhere}'([\s\S]*)' is not a valid value of the (?:atomic|local atomic|union|list) type(?: 'xs:([A-Za-z]+)')?`,
    ),
    (value = '', type = '') => `cvc-datatype-valid.1.2.1: '${value}' is not a valid value for '${type}'.`,
  ],
  [
    new RegExp(`${element}: No matching global declaration available`),
    (name = '') => `cvc-elt.1.a: Cannot find the declaration of element '${local(name)}'.`,
  ],
  [
    new RegExp(`${element}: Character content other than whitespace is not allowed`),
    (name = '') =>
      `cvc-complex-type.2.3: Element '${name}' cannot have character [children], because the type's content type is element-only.`,
  ],
  [
    new RegExp(`${element}: (?:Character|Element) content is not allowed, because the content type is empty`),
    (name = '') =>
      `cvc-complex-type.2.1: Element '${name}' must have no character or element information item [children], because the type's content type is empty.`,
  ],
  [
    new RegExp(
      `${element}: Element content is not allowed, because the (?:type definition is simple|content type is a simple type)`,
    ),
    (name = '') =>
      `cvc-type.3.1.2: Element '${name}' is a simple type, so it must have no element information item [children].`,
  ],
  [
    new RegExp(`${element}: The element is not 'nillable'`),
    (name = '') =>
      `cvc-elt.3.1: Attribute 'http://www.w3.org/2001/XMLSchema-instance,nil' must not appear on element '${name}', because the {nillable} property of '${name}' is false.`,
  ],
]

/** `{urn:x}name` as `name`. */
const local = (name: string): string => name.replace(/^\{.*\}/, '')
