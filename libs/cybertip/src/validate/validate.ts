// Says everything that is wrong with a document before it meets the network.
import type { Attributes, Complex, Field, Leaf, Simple, Type } from '../schema/kinds.ts'
import { type Root, type Schema, schema } from '../schema/schema.ts'
import { absentItem, elementsOf } from '../xml/absent.ts'
import { legal } from '../xml/characters.ts'
import type { Problem, Rule } from './problem.ts'
import { type Context, ruleProblems } from './rules.ts'
import { leafProblem } from './values.ts'

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly problems: readonly Problem[] }

export type ValidateOptions = {
  /** Times must not lie after it (five seconds of clock skew are forgiven). */
  readonly now: Date
  /** For fileDetails: the report they belong to is a batched one, which allows less (CyberTipline API, section 5.8). */
  readonly batched?: boolean
  /** A table with the further elements of a newer schema, from `extendSchema`. */
  readonly schema?: Schema
}

/**
 * Checks names, order-free structure, cardinality, types and the documentation's business rules. CyberTipline API, sections 3 to 7.
 * Problems name the element and the rule and never repeat the value.
 */
export function validate(root: Root, value: unknown, options: ValidateOptions): Verdict {
  const type = (options.schema ?? schema)[root]
  const problems = complexProblems(type, value, root, { now: options.now, batched: options.batched ?? false })
  return problems.length === 0 ? { ok: true } : { ok: false, problems }
}

function typeProblems(type: Type, value: unknown, path: string, context: Context): Problem[] {
  if (type.kind === 'complex') return complexProblems(type, value, path, context)
  if (type.kind === 'simple') return simpleProblems(type, value, path, context)
  return leafProblems(type, value, path, context)
}

function leafProblems(leaf: Leaf, value: unknown, path: string, context: Context): Problem[] {
  const finding = leafProblem(leaf, value, context.now)
  return finding ? [{ path, rule: finding.rule, words: finding.words }] : []
}

function simpleProblems(type: Simple, value: unknown, path: string, context: Context): Problem[] {
  const bare = typeof value !== 'object' || value === null
  const given = bare ? { '#': value } : elementsOf(value)
  if (!given) return [problem(path, 'type', "must be text, or an object with its text under '#'")]
  const structure = [
    ...unknownNames(given, (name) => name === '#', type.attributes, path),
    ...(given['#'] === undefined
      ? [problem(path, 'required', "must have its text under '#'")]
      : textProblems(type.content, given['#'], path, context)),
    ...attributeProblems(type.attributes, given, path, context),
  ]
  return structure.length > 0 ? structure : ruleProblems(type, given, path, context)
}

/** An element that is written for its attributes needs its text as well: NCMEC wants none sent empty. */
function textProblems(leaf: Leaf, value: unknown, path: string, context: Context): Problem[] {
  const empty = leaf.kind === 'string' && leaf.form === undefined && typeof value === 'string' && legal(value) === ''
  return empty ? [problem(path, 'blank', 'must not be blank')] : leafProblems(leaf, value, path, context)
}

function complexProblems(type: Complex, value: unknown, path: string, context: Context): Problem[] {
  const given = elementsOf(value)
  if (!given) return [problem(path, 'type', 'must be an object that holds its elements')]
  const structure = [
    ...unknownNames(given, (name) => Object.hasOwn(type.elements, name), type.attributes, path),
    ...attributeProblems(type.attributes, given, path, context),
    ...(type.order === 'choice' ? choiceProblems(type, given, path) : []),
    ...Object.entries(type.elements).flatMap(([name, field]) =>
      type.order === 'choice' && given[name] === undefined
        ? []
        : fieldProblems(field, given[name], `${path}/${name}`, context),
    ),
  ]
  return structure.length > 0 ? structure : ruleProblems(type, given, path, context)
}

function choiceProblems(type: Complex, given: Bag, path: string): Problem[] {
  const chosen = Object.keys(type.elements).filter((name) => given[name] !== undefined)
  return chosen.length === 1 ? [] : [problem(path, 'choice', 'must hold exactly one of its elements')]
}

function fieldProblems(field: Field, value: unknown, path: string, context: Context): Problem[] {
  if (field.legacy) return value === undefined ? [] : [problem(path, 'legacy', 'is no longer to be sent')]
  if (field.max === 1) return itemProblems(field, value, path, context)
  if (value === undefined || (Array.isArray(value) && value.length === 0)) {
    return field.min === 0 ? [] : [problem(path, 'required', 'must occur at least once')]
  }
  if (!Array.isArray(value)) return [problem(path, 'cardinality', 'may occur several times: write a list')]
  return value.flatMap((item, index) => itemProblems(field, item, `${path}[${index}]`, context))
}

function itemProblems(field: Field, value: unknown, path: string, context: Context): Problem[] {
  if (value === undefined) return field.min === 0 ? [] : [problem(path, 'required', 'must be there')]
  if (Array.isArray(value)) return [problem(path, 'cardinality', 'may occur only once')]
  // An empty optional element will not be written. But an empty reason to escalate is a mistake, not a report without escalation.
  const meant = field.type.kind === 'string' && field.type.notBlank
  if (field.min === 0 && absentItem(field.type, value) && !meant) return []
  return typeProblems(field.type, value, path, context)
}

function attributeProblems(attributes: Attributes, given: Bag, path: string, context: Context): Problem[] {
  return Object.entries(attributes).flatMap(([name, { leaf, required }]) => {
    const here = `${path}/@${name}`
    const value = given[`@${name}`]
    if (!required && absentItem(leaf, value)) return []
    return value === undefined ? [problem(here, 'required', 'must be there')] : leafProblems(leaf, value, here, context)
  })
}

function unknownNames(given: Bag, known: (name: string) => boolean, attributes: Attributes, path: string): Problem[] {
  return Object.keys(given)
    .filter((key) => !known(key) && !(key.startsWith('@') && Object.hasOwn(attributes, key.slice(1))))
    .map((key) => problem(`${path}/${printable(key)}`, 'unknown_name', 'is not a name the schema has here'))
}

/** A key made from somebody's data must not surface in a problem; one that could be an element's name may. */
function printable(key: string): string {
  return /^@?[A-Za-z][A-Za-z0-9]{0,39}$/.test(key) ? key : '?'
}

function problem(path: string, rule: Rule, words: string): Problem {
  return { path, rule, words }
}

type Bag = { readonly [name: string]: unknown }
