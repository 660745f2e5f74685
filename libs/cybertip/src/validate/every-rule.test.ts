import { expect, it } from 'vitest'
import { openJudge } from '../testing/judge.ts'
import { documentWith, pathOf, places } from '../testing/places.ts'
import { now } from '../testing/reports.ts'
import { type Violation, violations } from '../testing/violations.ts'
import type { Rule } from './problem.ts'
import { validate } from './validate.ts'

const all = violations()

/** Typed, so that a rule added to the union and broken nowhere below does not compile. */
const rules: { readonly [R in Rule]: true } = {
  unknown_name: true,
  legacy: true,
  required: true,
  cardinality: true,
  choice: true,
  type: true,
  enumeration: true,
  flag: true,
  range: true,
  blank: true,
  length: true,
  white_space: true,
  url: true,
  email: true,
  ip: true,
  calling_code: true,
  digits: true,
  report_id: true,
  date_time: true,
  zone: true,
  date: true,
  past: true,
  verified_with_date: true,
  number_without_calling_code: true,
  state_only_in_us: true,
  region_with_city: true,
  disabled_dates: true,
  age_or_birth: true,
  reporter_email: true,
  one_person_reported: true,
  batched_report: true,
  incident_email_of_a_person: true,
  exif_needs_viewed: true,
  supplemental_conflict: true,
  batched_file: true,
}

it('a sound document can be made around every place of the table', () => {
  const unsound = places
    .filter(({ field }) => !field?.legacy)
    .flatMap((place) => {
      const verdict = validate(place.root, documentWith(place), { now })
      return verdict.ok ? [] : [{ path: pathOf(place), problems: verdict.problems }]
    })
  expect(unsound).toEqual([])
  expect(places.length).toBeGreaterThan(500)
})

it('every rule is broken somewhere', () => {
  expect([...new Set(all.map(({ rule }) => rule))].sort()).toEqual(Object.keys(rules).sort())
})

it('each rule broken at each place is found there, before the wire, and nothing else is', () => {
  const missed = all.filter(({ root, document, batched = false, path, rule }) => {
    const verdict = validate(root, document, { now, batched })
    return (
      verdict.ok ||
      !verdict.problems.some((problem) => problem.path === path && problem.rule === rule) ||
      verdict.problems.some((problem) => problem.rule !== rule)
    )
  })
  expect(missed).toEqual([])
  expect(all.length).toBeGreaterThan(2000)
})

it('a judge who has read the same documentation refuses the same, but where we ask for more', {
  timeout: 120_000,
}, async () => {
  await using judge = await openJudge()
  const accepted = new Set<string>()
  for (const violation of oncePerPlace(all)) {
    const { root, document, batched = false, rule, path } = violation
    const answer = root === 'report' ? await judge.submit(document) : await judge.describe(document, batched)
    if (!('refusal' in answer)) accepted.add(`${rule} ${lastTwo(path)}`)
  }
  expect([...accepted].sort()).toEqual([
    'blank estimatedLocation/region',
    // Outside the US a city may well stand without region, in one of the two readings.
    'region_with_city estimatedLocation/region',
  ])
})

/** What stands in many places by the same type is asked about once. */
function oncePerPlace(violations: readonly Violation[]): Violation[] {
  const first = new Map<string, string>()
  return violations.filter(({ root, rule, path, writable }) => {
    const key = `${rule} ${lastTwo(path)}`
    if (!first.has(key)) first.set(key, path)
    return writable && first.get(key) === path && (root === 'report' || root === 'fileDetails')
  })
}

function lastTwo(path: string): string {
  return path.replaceAll('[0]', '').split('/').slice(-2).join('/')
}
