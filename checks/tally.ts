// What came out of a run, and its closing line.

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Where and why, one entry for each skipped test. A skipped test's name is its reason. */
  readonly skips: readonly string[]
  /** Whether any test of the suites ran at all: a run of nothing is no success. */
  readonly ran: boolean
}

export const nothing: Tally = { passed: 0, failed: 0, skips: [], ran: false }

export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skips: [...one.skips, ...other.skips],
    ran: one.ran || other.ran,
  }
}

export function succeeded(tally: Tally): boolean {
  return tally.failed === 0 && tally.ran
}

export function closingLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skips.length} skipped`
}
