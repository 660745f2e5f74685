// What a platform said first, filled up with what it said later. Nothing that was said is overwritten: what differs is told beside it.
import { caseContext } from '@wardline/api'
import type { CaseContext } from './facts.ts'

/** Something said later that is not what was said before. `path` names the key, `account.screenName`. */
export type Differing = { readonly path: string; readonly said: string }

export type Filled = { readonly context: CaseContext; readonly differing: readonly Differing[] }

/**
 * Missing keys are taken, lists are made longer as far as they may be, and a key that is there stays. What belongs to another account, organisation or
 * address than the one that is known is not mixed with it. `known`: whose case it is, where this coming named nobody.
 */
export function fill(context: CaseContext, later: CaseContext, known?: CaseContext['account']): Filled {
  const differing: Differing[] = []
  const { surface, ...rest } = later
  const stranger = context.account === undefined && isOther(known, rest.account)
  if (stranger) differing.push(...told('account', rest.account))
  const value = filled(context, stranger ? { ...rest, account: undefined } : rest, '', differing)
  // It stands for nothing said.
  if (surface !== 'other' && context.surface === 'other') Object.assign(value, { surface })
  else if (surface !== 'other' && surface !== context.surface) differing.push(...told('surface', surface))
  const parsed = caseContext.safeParse(value)
  if (parsed.success) return { context: parsed.data, differing }
  for (const issue of parsed.error.issues)
    if (issue.code === 'too_big') differing.push(...surplus(value, issue.path, Number(issue.maximum)))
  const shortened = caseContext.safeParse(value)
  if (shortened.success) return { context: shortened.data, differing }
  return { context, differing: Object.entries(rest).flatMap(([key, said]) => told(key, said)) }
}

/** Cut off at its end a list that became too long: the words of before stand first in it, and fit. */
function surplus(value: Bag, path: readonly PropertyKey[], most: number): Differing[] {
  const list = path.reduce<unknown>((at, key) => (isBag(at) ? at[String(key)] : undefined), value)
  if (!Array.isArray(list)) return []
  return list.splice(most).flatMap((one: unknown) => told(path.join('.'), one))
}

type Bag = { readonly [key: string]: unknown }

function filled(known: Bag, said: Bag, at: string, differing: Differing[]): Bag {
  const value: { [key: string]: unknown } = { ...known }
  for (const [key, now] of Object.entries(said)) {
    if (now === undefined) continue
    const before = known[key]
    const path = at === '' ? key : `${at}.${key}`
    if (isOfOther(key, known, said)) differing.push(...told(path, now))
    else if (before === undefined) value[key] = now
    else if (isSame(before, now)) continue
    else if (Array.isArray(before) && Array.isArray(now))
      value[key] = [...before, ...now.filter((one) => !before.some((other) => isSame(one, other)))]
    else if (isBag(before) && isBag(now) && !isOther(before, now)) value[key] = filled(before, now, path, differing)
    else differing.push(...told(path, now))
  }
  return value
}

/** Keys that say something of another one, by that one. */
const saysOf: { readonly [key: string]: string } = { emailVerified: 'email', userNotifiedAt: 'userNotified' }

/** `emailVerified` beside another `email` is no word about the one that is known. */
function isOfOther(key: string, known: Bag, said: Bag): boolean {
  const of = saysOf[key]
  if (of === undefined || known[of] === undefined || said[of] === undefined) return false
  return !isSame(known[of], said[of])
}

/** Keys that say which one is meant. */
const identities = ['id', 'ip', 'kind', 'type', 'permanently'] as const

/** False when either is not known, or not told. */
function isOther(before: Bag | undefined, now: Bag | undefined): boolean {
  if (before === undefined || now === undefined) return false
  if (isBag(before['organisation']) && isOther(before['organisation'], bag(now['organisation']))) return true
  return identities.some((key) => before[key] !== undefined && now[key] !== undefined && before[key] !== now[key])
}

const bag = (value: unknown): Bag | undefined => (isBag(value) ? value : undefined)

function told(path: string, said: unknown): Differing[] {
  if (said === undefined) return []
  return [{ path, said: typeof said === 'string' ? said : JSON.stringify(said) }]
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value)
