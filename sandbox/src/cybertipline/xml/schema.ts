/**
 * Validation against the sandbox's own schema, with libxml2 answering as Xerces would. Compared on 117 documents with the
 * Xerces of Java 17 (2026-11-22), libxml2 differed four times; `level` mends three and `doubleFault` one, so that the
 * sandbox accepts and refuses what Xerces does.
 */
import { readFileSync } from 'node:fs'
import { XmlCData, XmlDocument, XmlElement, XmlText, XmlValidateError, XsdValidator } from 'libxml2-wasm'
import { contentOf, trimXml } from './element.ts'
import { inXercesWords } from './xerces.ts'

const source = readFileSync(new URL('../schema.xsd', import.meta.url), 'utf8')

export interface Schema {
  /** As /xsd serves it. */
  readonly text: string
  /** The first complaint in Xerces's words, or undefined if valid. Changes white space in the document on the way. */
  fault(document: XmlDocument): string | undefined
  dispose(): void
}

export const openSchema = ({ acceptDrift }: { readonly acceptDrift: boolean }): Schema => {
  const text = acceptDrift ? source.replace(/<!--drift (.*?) drift-->/g, '$1') : source
  const document = XmlDocument.fromString(text)
  const validator = XsdValidator.fromDoc(document)
  return {
    text,
    fault: (document) => {
      level(document.root)
      const fault = doubleFault(document.root)
      if (fault !== undefined) return fault
      try {
        validator.validate(document)
        return undefined
      } catch (error) {
        if (error instanceof XmlValidateError) return inXercesWords(error.details[0]?.message ?? error.message)
        throw error
      }
    },
    dispose: () => {
      validator.dispose()
      document.dispose()
    },
  }
}

const times = new Set(['incidentDateTime', 'dateTime', 'uploadedToEspTimestamp', 'dateOfBirth'])
const timeAttributes = new Set(['verificationDate', 'timestamp', 'disabledDate', 'userNotifiedDate', 'reenabledDate'])
const flagGroups = new Set(['reportAnnotations', 'fileAnnotations'])

// White space around times is collapsed by the standard but refused by libxml2; a flag of `1` or ` true ` equals true by value
// but not by letter; an empty CDATA section is no content.
const level = (node: XmlElement): void => {
  for (const attribute of node.attrs) {
    if (timeAttributes.has(attribute.name)) attribute.value = trimXml(attribute.value)
  }
  const flag = flagGroups.has(node.parent?.name ?? '')
  for (const child of contentOf(node)) {
    if (child instanceof XmlElement) level(child)
    else if (child instanceof XmlCData && child.content === '') child.remove()
    else if (child instanceof XmlText && times.has(node.name)) child.content = trimXml(child.content)
    else if (child instanceof XmlText && flag) child.content = trimXml(child.content).replace(/^1$/, 'true')
  }
}

const doublePattern = /^([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN)$/

// libxml2 takes `1e` for a double.
const doubleFault = (root: XmlElement): string | undefined => {
  for (const node of root.find('//latitude | //longitude')) {
    const text = trimXml(node.content)
    if (/^[+-]?[0-9.]+[eE][+-]?$/.test(text) && !doublePattern.test(text)) {
      return `cvc-datatype-valid.1.2.1: '${text}' is not a valid value for 'double'.`
    }
  }
  return undefined
}
