// What a platform said first, filled up with what it said later. Nothing that was said is overwritten: what differs is told beside it.
import { caseContext } from '@wardline/api'
import type { CaseContext } from './facts.ts'

/** Something said later that is not what was said before. `path` names the key, `account.screenName`. */
export type Differing = { readonly path: string; readonly said: string }

export type Filled = { readonly context: CaseContext; readonly differing: readonly Differing[] }

/**
 * Missing keys are taken, lists are made longer, and a key that is there stays. What belongs to another account, organisation or
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
  return { context, differing: Object.entries(rest).flatMap(([key, said]) => told(key, said)) }
}

type Bag = { readonly [key: string]: unknown }

function filled(known: Bag, said: Bag, at: string, differing: Differing[]): Bag {
  const value: { [key: string]: unknown } = { ...known }
  const refused: string[] = []
  for (const [key, now] of Object.entries(said)) {
    if (now === undefined) continue
    const before = known[key]
    const path = at === '' ? key : `${at}.${key}`
    // `emailVerified` says something of that other `email`.
    if (refused.some((one) => key.startsWith(one))) differing.push(...told(path, now))
    else if (before === undefined) value[key] = now
    else if (isSame(before, now)) continue
    else if (Array.isArray(before) && Array.isArray(now))
      value[key] = [...before, ...now.filter((one) => !before.some((other) => isSame(one, other)))]
    else if (isBag(before) && isBag(now) && !isOther(before, now)) value[key] = filled(before, now, path, differing)
    else {
      refused.push(key)
      differing.push(...told(path, now))
    }
  }
  return value
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
