// From matches to what happens. Pure: no clock, database or log, so that an auditor can replay every decision.
import { isProduction, never } from '#base'
import type { Ground } from '#match'
import { REPORT_QUALITY, REPORT_WITHIN_BITS, type Rules } from './rules.ts'

export { decideCard } from './card.ts'
export { fast, type Off, type Rules, scanned } from './rules.ts'

/** A likeness that a `never_match` list calls a false alarm bears the mark ever after, without that list's own ground. */
interface Doubt {
  readonly doubted?: true | undefined
}

/** `grounds` are those that count, the weightiest first; `why` is for people and holds no value and no distance. */
export type Decision<Found = Ground> =
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'held'
      readonly route: 'report' | 'review'
      readonly grounds: readonly (Found & Doubt)[]
      readonly why: string
    }

/** What is weighed of a ground: also one that a case has kept. */
export type Weighable = Pick<Ground, 'class' | 'algorithm' | 'distanceBits' | 'pictureIndex' | 'quality'> & Doubt

/**
 * `report`: filed by rule after the settling time. `review`: a person decides. In production only class `csam` is ever
 * reported by rule and `test` does not count. Elsewhere a file is reported by rule only if every ground that counts is
 * `test`: nothing reaches NCMEC, and a real match must not end there as though it had been dealt with.
 */
export function decide<Found extends Weighable>(grounds: readonly Found[], rules: Rules): Decision<Found> {
  const weighed = grounds
    .filter((ground) => counts(ground, grounds, rules))
    .map((ground) => {
      const doubted = isDoubted(ground, grounds)
      return { ground: doubted ? { ...ground, doubted } : ground, ...weigh(ground, rules, doubted) }
    })
  const real = isProduction(rules.environment) ? undefined : weighed.find(({ ground }) => ground.class !== 'test')
  const weightiest = real ?? weighed.find(({ route }) => route === 'report') ?? weighed[0]
  if (!weightiest) return { kind: 'clear' }
  const others = weighed.filter((each) => each !== weightiest)
  return {
    kind: 'held',
    route: weightiest.route,
    grounds: [weightiest, ...others].map(({ ground }) => ground),
    why: weightiest.why,
  }
}

/** Grounds that silence, grounds that are silenced and test entries in production lead to nothing. */
function counts(ground: Weighable, all: readonly Weighable[], { environment }: Rules): boolean {
  if (ground.class === 'never_match') return false
  if (ground.class === 'test' && isProduction(environment)) return false
  return ground.class === 'csam' || !isDoubted(ground, all)
}

/**
 * Whether a list of class `never_match` calls it a false alarm. Such a list names no entry and one person brought it in, so it takes
 * likenesses of other classes away and those of `csam` only from the rule: a correction by two people silences (decision 12). The
 * exact bytes of a known file are beyond it. A digest is of the whole file and so of each of its pictures, a PDQ of its own.
 */
function isDoubted(ground: Weighable, all: readonly Weighable[]): boolean {
  if (isExact(ground)) return false
  if (ground.doubted === true) return true
  return all.some(
    (other) => other.class === 'never_match' && (isExact(other) || other.pictureIndex === ground.pictureIndex),
  )
}

function weigh(ground: Weighable, rules: Rules, doubted: boolean): { route: 'report' | 'review'; why: string } {
  const how = isExact(ground) ? 'an exact digest' : 'a likeness'
  const of = `${how} of class ${ground.class}`
  if (ground.class !== 'test' && !isProduction(rules.environment))
    return { route: 'review', why: `${of}; outside production nothing of it is reported by rule` }
  switch (ground.class) {
    case 'csam':
      if (isExact(ground)) return { route: 'report', why: of }
      if (doubted) return { route: 'review', why: `${of}, which a never_match list calls a false alarm` }
      if (rules.perceptual === 'review') return { route: 'review', why: `${of}; the operator chose review for these` }
      if (isNear(ground, rules)) return { route: 'report', why: `${of}, near and of good quality` }
      return { route: 'review', why: `${of}, not near or not good enough to be reported by rule` }
    case 'test':
      return { route: 'report', why: `${of}, which goes all the way outside production` }
    case 'exploitative':
    case 'generative_ai':
    case 'intimate':
    case 'never_match':
      return { route: 'review', why: `${of}, which is never reported by rule` }
    default:
      return never(ground.class)
  }
}

function isExact(ground: Weighable): boolean {
  return ground.algorithm !== 'pdq'
}

/** The operator's limits hold only as far as they are stricter than ours. */
function isNear({ distanceBits, quality }: Weighable, { reportWithinBits, reportQuality }: Rules): boolean {
  return (
    distanceBits <= Math.min(reportWithinBits, REPORT_WITHIN_BITS) &&
    quality !== null &&
    quality >= Math.max(reportQuality, REPORT_QUALITY)
  )
}
