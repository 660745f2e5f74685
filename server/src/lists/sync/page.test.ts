import { expect, it } from 'vitest'
import type { Page } from '../sources/source.ts'
import { isEndless, unread } from './page.ts'

const page: Page = {
  seen: [],
  rejected: [],
  skipped: { videos: 0, otherKinds: 0 },
  entries: 1000,
  next: '/more',
  expected: undefined,
  sourceNowMs: undefined,
}

it('a range that says nothing of its length and goes on and on is endless after five million entries', () => {
  const range = { ...unread, fromMs: 0, toMs: 1000, readings: 1 }
  expect(isEndless({ ...range, entries: 4_999_000 }, page)).toBe(false)
  expect(isEndless({ ...range, entries: 4_999_001 }, page)).toBe(true)
})
