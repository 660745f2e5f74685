import { expect, it } from 'vitest'
import { type NoticeRule, ruleFor } from './policy.ts'

const rule = (jurisdiction: string, more: Partial<NoticeRule> = {}): NoticeRule => ({
  jurisdiction,
  notice: 'on',
  delayMs: 1,
  jitterMs: 0,
  addressees: 'holder',
  ...more,
})
const usual = { environment: 'sandbox', enabled: true, delayMs: 24, jitterMs: 6, publicUrl: 'http://x' } as const

it('a place follows its own rule, else its country’s, else what holds everywhere', () => {
  const policy = { ...usual, rules: [rule('US'), rule('US-CA', { notice: 'off' })] }
  expect(ruleFor(policy, 'US-CA')).toMatchObject({ jurisdiction: 'US-CA', notice: 'off' })
  expect(ruleFor(policy, 'US-TX')).toMatchObject({ jurisdiction: 'US', delayMs: 1 })
  for (const other of ['DE', 'USA', null, undefined])
    expect(ruleFor(policy, other)).toEqual({
      jurisdiction: 'default',
      notice: 'on',
      delayMs: 24,
      jitterMs: 6,
      addressees: 'holder',
    })
  expect(ruleFor({ ...policy, enabled: false }, 'DE').notice).toBe('off')
})
