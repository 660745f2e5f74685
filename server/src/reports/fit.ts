// Makes a value fit the form: what breaks a rule is left out and remembered, so that one odd field never holds a report back.
import { type Problem, type Root, type Value, validate } from '@wardline/cybertip'

/** `value`: the text of what was left out; of several parts, theirs. */
export type LeftOut = { readonly name: string; readonly value: string | undefined }

export type Fitted<R extends Root> =
  | { readonly kind: 'fits'; readonly value: Value<R>; readonly leftOut: readonly LeftOut[] }
  /** Something the form demands is missing or wrong; words name the element and the rule. */
  | { readonly kind: 'misfit'; readonly words: string }

/** batched: of fileDetails in a batched report, where less is allowed. */
export function fit<R extends Root>(
  root: R,
  given: Value<R>,
  nowMs: number,
  { batched = false }: { readonly batched?: boolean } = {},
): Fitted<R> {
  const value = structuredClone(given)
  const leftOut: LeftOut[] = []
  // What is missing in the end may be missing because it was wrong in the beginning.
  const said: string[] = []
  for (;;) {
    const verdict = validate(root, value, { now: new Date(nowMs), batched })
    if (verdict.ok) return { kind: 'fits', value, leftOut }
    const left = leaveAllOut(value, verdict.problems)
    said.push(...verdict.problems.map(inWords))
    if (left.length === 0) return { kind: 'misfit', words: said.slice(0, mostSaid).join('; ') }
    leftOut.push(...left)
  }
}

/** A platform may say a thousand things that fit nowhere; the words of a refusal are read by a person. */
const mostSaid = 20

/**
 * From the last to the first, so that taking one of a list does not move those that are still to be taken; what lies in something
 * that was taken is gone with it, and comes up no second time.
 */
function leaveAllOut(root: unknown, problems: readonly Problem[]): LeftOut[] {
  const left: LeftOut[] = []
  const gone: string[] = []
  const inOrder = problems.toSorted((a, b) => comparePaths(stepsIn(a.path), stepsIn(b.path)))
  for (const problem of inOrder.toReversed()) {
    const path = stepsIn(problem.path).join('/')
    if (gone.some((one) => path === one || path.startsWith(`${one}/`))) continue
    const one = leaveOut(root, problem)
    if (one === undefined) continue
    gone.push(one.path)
    left.unshift({ name: one.name, value: one.value })
  }
  return left
}

function comparePaths(one: readonly string[], other: readonly string[]): number {
  for (let step = 0; step < Math.min(one.length, other.length); step += 1) {
    const [a = '', b = ''] = [one[step], other[step]]
    if (a === b) continue
    return /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : a < b ? -1 : 1
  }
  return one.length - other.length
}

/** Takes away what the problem names, or, where that is missing, what it is missing from; undefined when that is the root. */
function leaveOut(root: unknown, { path }: Problem): (LeftOut & { readonly path: string }) | undefined {
  const steps = stepsIn(path)
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
    return { name, value: textOf(removed), path: steps.slice(0, length).join('/') }
  }
  return undefined
}

const stepsIn = (path: string) => path.split('/').slice(1).flatMap(stepsOf)

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
