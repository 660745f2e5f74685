import { expect, it } from 'vitest'
import { tellLaterWords } from './later-words.ts'

it('says which keys were filled in when, and word for word what differs, if it is not too long', () => {
  const [first, second] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)]
  expect(
    tellLaterWords({
      scanId: 'scan_1',
      filledIn: [
        { at: first, path: 'account.email' },
        { at: first, path: 'origin.ip' },
        { at: second, path: 'url' },
      ],
      differing: [
        { at: second, path: 'account.screenName', said: 'zwei' },
        { at: second, path: 'account', said: 'x'.repeat(300) },
      ],
    }),
  ).toEqual([
    '  said later of scan_1, on 2026-01-01 00:00:00Z: account.email, origin.ip',
    '  said later of scan_1, on 2026-01-02 00:00:00Z: url',
    '  DIFFERS from what was said before: account.screenName, on 2026-01-02 00:00:00Z: zwei',
    `  DIFFERS from what was said before: account, on 2026-01-02 00:00:00Z: ${'x'.repeat(200)}… (--json)`,
  ])
  expect(tellLaterWords({ scanId: 'scan_1', filledIn: [], differing: [] })).toEqual([])
})
