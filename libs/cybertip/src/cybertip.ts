// NCMEC's CyberTipline Reporting API: one table of the schema, from it types, validation and XML; a client; a filing that survives crashes.
export {
  type Cybertip,
  type CybertipOptions,
  type Ok,
  openCybertip,
  type Result,
  type Uploaded,
} from './client/client.ts'
export { type AddressProblem, addressProblem, type Environment } from './client/environment.ts'
export { CybertipFault, type FaultCode, type FaultFacts, type Retry } from './client/fault.ts'
export type { Sent, Source, Upload } from './client/multipart.ts'
export { type Material, perform } from './client/perform.ts'
export * from './filing/filing.ts'
export { type CodeClass, codeClass, type KnownCode, type ResponseCode, responseCode } from './response/codes.ts'
export { type Judgement, judge } from './response/judge.ts'
export { parseResponse, type Reply, type UnknownElement, type Unreadable } from './response/parse.ts'
export {
  type Attribute,
  type Complex,
  type Field,
  type FileDetails,
  type Leaf,
  type Report,
  type Root,
  type RuleName,
  type Schema,
  type Shape,
  type Simple,
  schema,
  type Type,
  type Value,
} from './schema/schema.ts'
export type { Problem, Rule } from './validate/problem.ts'
export { type ValidateOptions, type Verdict, validate } from './validate/validate.ts'
export { toXml, type XmlOptions } from './xml/to-xml.ts'
export { type Extended, extendSchema, type Refused } from './xsd/extend.ts'
export type { Fact, Facts } from './xsd/facts.ts'
export { readXsd, type UnreadableXsd, type Xsd } from './xsd/read-xsd.ts'
export { type Aspect, type Difference, xsdDiff } from './xsd/xsd-diff.ts'
