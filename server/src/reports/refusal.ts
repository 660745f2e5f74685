// Why NCMEC refused, in words that hold nothing of the report: its own sentence may quote a name, a chat or an address.
import {
  type CybertipFault,
  type KnownCode,
  parseResponse,
  type ResponseCode,
  schema,
  type Type,
} from '@wardline/cybertip'

/** step: as the journal names it. Of NCMEC's sentence only the schema's own words pass: the rule's name and names of elements. */
export function refusalOf(step: string, fault: CybertipFault): string {
  const answer = fault.rawAnswer()
  const reply = answer && parseResponse(answer)
  const about = reply?.kind === 'reply' ? namedIn(reply.description ?? '') : { rule: undefined, elements: [] }
  const parts = [
    `${step} was refused`,
    fault.responseCode === undefined ? `HTTP status ${fault.httpStatus ?? 'unknown'}` : codeWords(fault.responseCode),
    about.rule && `rule ${about.rule}`,
    about.elements.length > 0 && `about ${about.elements.join(', ')}`,
  ]
  return parts.filter(Boolean).join('; ')
}

/** `code 4100 (the report breaks a rule)`. */
export function codeWords(code: ResponseCode | number): string {
  const number = typeof code === 'object' ? code.unknown : code
  const words = Object.hasOwn(meanings, number) ? meanings[number as KnownCode] : 'unknown to this version'
  return `code ${number} (${words})`
}

/** CyberTipline API, section 3.1, in our words. */
const meanings: { readonly [C in KnownCode]: string } = {
  0: 'success',
  1000: 'the server failed',
  1100: 'the server could not save it',
  1110: 'the upload failed at the server',
  1111: 'the file’s upload failed at the server',
  1210: 'there is nothing at this address',
  1300: 'the server could not change it',
  2000: 'user name or password is not accepted',
  3000: 'this user may not do that',
  3100: 'this user may not submit reports',
  3300: 'this user may not change reports',
  4000: 'the request is not valid',
  4100: 'the document breaks a rule',
  4110: 'the document is not well-formed',
  4200: 'the file was not sent as it must be',
  5001: 'there is no such report, or it has expired',
  5002: 'there is no such file',
  5101: 'the report is retracted already',
  5102: 'the report is finished already',
}

const mostElements = 6

function namedIn(description: string): { readonly rule: string | undefined; readonly elements: readonly string[] } {
  const rule = /\bcvc-[A-Za-z]+(?:-[A-Za-z]+)*(?:\.[0-9a-z]{1,3})*/.exec(description)?.[0]
  const quoted = [...description.matchAll(/['"{]([^'"{}]{1,2000})['"}]/g)].flatMap(([, inside = '']) =>
    inside.split(/[,\s]+/),
  )
  // A path, or a name no prose would hold by chance.
  const bare = description.split(/[^A-Za-z0-9/@[\]]+/).filter((word) => /[/@]|[a-z][A-Z]/.test(word))
  const elements = [...quoted, ...bare].filter(isOfTheSchema)
  return { rule, elements: [...new Set(elements)].slice(0, mostElements) }
}

function isOfTheSchema(text: string): boolean {
  const steps = text.split('/').filter((step) => step !== '')
  return steps.length > 0 && steps.every((step) => names.has(step.replace(/^@/, '').replace(/\[\d{1,4}\]$/, '')))
}

const names: ReadonlySet<string> = new Set(Object.entries(schema).flatMap(([name, type]) => [name, ...namesOf(type)]))

function namesOf(type: Type): readonly string[] {
  if (type.kind === 'simple') return Object.keys(type.attributes)
  if (type.kind !== 'complex') return []
  const below = Object.entries(type.elements).flatMap(([name, field]) => [name, ...namesOf(field.type)])
  return [...Object.keys(type.attributes), ...below]
}
