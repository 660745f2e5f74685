/** Faults as another process plants them: POST /inspect/faults, one wish or a list of them. */
import type { Faults } from './fault-box.ts'
import type { FaultLike } from './faults.ts'
import { spelled } from './faults.ts'
import type { RandomPlan } from './random-plan.ts'
import { randomPlan } from './random-plan.ts'
import type { Route } from './route.ts'
import { routes } from './route.ts'

/**
 * - { route, fault }                       the next call of that route
 * - { route, fault, always: true }         every one, until { route, fault: null }
 * - { route, fault, nth?, incident?, report? }  exactly that one
 * - { plan: { seed, share, most?, routes?, faults? } }   each incident its own, out of the seed
 * - { clear: true }                        none any more
 */
export type Wish =
  | { readonly route: Route; readonly fault: FaultLike | null; readonly always?: boolean }
  | {
      readonly route: Route
      readonly fault: FaultLike
      readonly nth?: number
      readonly incident?: string
      readonly report?: number
    }
  | { readonly plan: RandomPlan }
  | { readonly clear: true }

/** Plants all or, throwing a sentence, none. */
export const planted = (faults: Faults, wishes: unknown): void => {
  const acts = (Array.isArray(wishes) ? wishes : [wishes]).map((wish) => actOf(faults, wish as Wish))
  for (const act of acts) act()
}

// Everything that can be wrong is found here, before the first one is planted.
const actOf = (faults: Faults, wish: Wish): (() => void) => {
  if (typeof wish !== 'object' || wish === null) throw new Error('a wish is an object: see the sandbox README')
  if ('clear' in wish) return () => faults.clear()
  if ('plan' in wish) {
    const rule = randomPlan(wish.plan)
    return () => void faults.rule(rule, { plan: wish.plan })
  }
  const { route, fault } = wish
  if (!routes.includes(route)) throw new Error(`the sandbox knows no such route; it knows ${routes.join(' ')}`)
  if (fault === null) return () => faults.always(route, null)
  spelled(fault)
  if ('always' in wish && wish.always) return () => faults.always(route, fault)
  if ('nth' in wish || 'incident' in wish || 'report' in wish) {
    const { route, nth, incident, report } = wish
    const aim = {
      route,
      ...(nth !== undefined && { nth }),
      ...(incident !== undefined && { incident }),
      ...(report !== undefined && { report }),
    }
    return () => faults.at(aim, fault)
  }
  return () => faults.next(route, fault)
}
