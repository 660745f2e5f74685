import { describe, expect, test } from 'vitest'
import { root } from './statics.ts'
import { count } from './suites.ts'
import { add, closingLine, nothing, succeeded } from './tally.ts'

const passed = { status: 'passed', fullName: 'a clear picture leaves nothing' }
const failed = { status: 'failed', fullName: 'a held picture is kept' }
const skipped = { status: 'skipped', fullName: 'the 39 vectors (PDQ_VECTORS names no folder)' }

function report(...files: { status: string; assertionResults: (typeof passed)[] }[]) {
  return { testResults: files.map((file) => ({ name: `${root}server/src/a.test.ts`, ...file })) }
}

describe('the closing line', () => {
  test('counts what passed, failed and was skipped, and a skip is told with its reason', () => {
    const tally = count(report({ status: 'failed', assertionResults: [passed, passed, failed, skipped] }), 1)
    expect(closingLine(tally)).toBe('2 passed, 1 failed, 1 skipped')
    expect(tally.skips).toEqual(['server/src/a.test.ts: the 39 vectors (PDQ_VECTORS names no folder)'])
    expect(succeeded(tally)).toBe(false)
  })

  test('a file that does not load counts as failed', () => {
    const tally = count(
      report({ status: 'passed', assertionResults: [passed] }, { status: 'failed', assertionResults: [] }),
      1,
    )
    expect(closingLine(tally)).toBe('1 passed, 1 failed, 0 skipped')
  })

  test('a file whose tests passed but whose tear-down failed counts as failed', () => {
    const tally = count(report({ status: 'failed', assertionResults: [passed] }), 1)
    expect(closingLine(tally)).toBe('1 passed, 1 failed, 0 skipped')
  })

  test('an error outside every test counts as failed, though every test passed', () => {
    const tally = count(report({ status: 'passed', assertionResults: [passed] }), 1)
    expect(closingLine(tally)).toBe('1 passed, 1 failed, 0 skipped')
  })

  test('a run that was killed and left no report counts as failed', () => {
    expect(closingLine(count(undefined, null))).toBe('0 passed, 1 failed, 0 skipped')
  })

  test('static checks alone are no success: not one test of the suites ran', () => {
    const statics = { ...nothing, passed: 4 }
    expect(succeeded(add(statics, count(report(), 0)))).toBe(false)
    expect(succeeded(add(statics, count(report({ status: 'skipped', assertionResults: [skipped] }), 0)))).toBe(false)
    expect(succeeded(add(statics, count(report({ status: 'passed', assertionResults: [passed] }), 0)))).toBe(true)
  })
})
