import { describe, expect, it } from 'vitest'
import { todoOf } from './words.ts'

describe('an alert about an appeal', () => {
  it('says who hears it and how they see theirs, for nobody else tells them', () => {
    for (const type of ['appeal.opened', 'appeal.due_soon', 'appeal.overdue']) {
      const alert = {
        id: 'alert_1',
        type,
        subject: 'appeal_1',
        severity: 'warning',
        at: 0,
        postedAt: null,
        mailedAt: null,
      } as const
      const todo = todoOf({ ...alert, data: { number: '7' } })
      expect(todo).toContain('wardline appeals show 7')
      expect(todo).toContain('wardline appeals list --state open --of EMAIL')
    }
  })
})

it('an alert about events that nobody fetches sends nobody to a webhook that there is not', () => {
  const alert = { id: 'alert_1', type: 'webhook.failing', subject: 'webhook', at: 0, postedAt: null, mailedAt: null }
  for (const state of ['waiting', 'given_up']) {
    const data = { state, event: 'hook_1', of: 'repair.restore', trouble: 'no webhook', way: 'fetched' }
    expect(todoOf({ ...alert, severity: 'urgent', data })).toMatch(/\/v1\/events.*wardline repair restored/)
    expect(todoOf({ ...alert, severity: 'urgent', data })).not.toContain('wardline webhooks')
  }
})
