// Makes a value fit the form: what breaks a rule is left out and remembered, so that one odd field never holds a report back.
import { type Problem, type Root, type Value, validate } from '@wardline/cybertip'

/** `value`: the text of what was left out; of several parts, theirs. */
export type LeftOut = { readonly name: string; readonly value: string | undefined }

export type Fitted<R extends Root> =
  | { readonly kind: 'fits'; readonly value: Value<R>; readonly leftOut: readonly LeftOut[] }
  /** Something the form demands is missing or wrong; words name the element and the rule. */
  | { readonly kind: 'misfit'; readonly words: string }

export function fit<R extends Root>(root: R, given: Value<R>, nowMs: number): Fitted<R> {
  const value = structuredClone(given)
  const leftOut: LeftOut[] = []
  // What is missing in the end may be missing because it was wrong in the beginning.
  const said: string[] = []
  for (;;) {
    const verdict = validate(root, value, { now: new Date(nowMs) })
    if (verdict.ok) return { kind: 'fits', value, leftOut }
    const [problem] = verdict.problems
    const left = problem && leaveOut(value, problem)
    if (problem) said.push(inWords(problem))
    if (left === undefined) return { kind: 'misfit', words: said.join('; ') }
    leftOut.push(left)
  }
}

/** Takes away what the problem names, or, where that is missing, what it is missing from; undefined when that is the root. */
function leaveOut(root: unknown, { path }: Problem): LeftOut | undefined {
  const steps = path.split('/').slice(1).flatMap(stepsOf)
  for (let length = steps.length; length > 0; length -= 1) {
    const parent = at(root, steps.slice(0, length - 1))
    const key = steps[length - 1]
    if (parent === undefined || key === undefined || !Object.hasOwn(parent, key) || parent[key] === undefined) continue
    const removed = parent[key]
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
    const name = steps
      .slice(0, length)
      .filter((step) => !/^\d+$/.test(step))
      .join('/')
    return { name, value: textOf(removed) }
  }
  return undefined
}

/** `email[1]` is two steps. */
function stepsOf(part: string): string[] {
  const [, name = part, index] = /^(.*)\[(\d+)\]$/.exec(part) ?? []
  return index === undefined ? [name] : [name, index]
}

type Bag = { [key: string]: unknown }

function at(root: unknown, steps: readonly string[]): Bag | undefined {
  let here: unknown = root
  for (const step of steps) here = isBag(here) ? here[step] : undefined
  return isBag(here) ? here : undefined
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null
}

/** As long as a person reads. */
const mostTold = 10_000

function textOf(value: unknown): string | undefined {
  const words = partsOf(value).join(', ')
  return words === '' ? undefined : words.slice(0, mostTold)
}

function partsOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return isBag(value) ? Object.values(value).flatMap(partsOf) : []
}

function inWords({ path, words }: Problem): string {
  return `${path} ${words}`
}
