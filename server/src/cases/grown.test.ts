import { expect, it } from 'vitest'
import { grown } from './grown.ts'

it('names each key that was filled in, at its place, and none that was there', () => {
  const before = { surface: 'other', account: { id: 'a', phones: ['1'] }, url: 'https://x.example' }
  const after = {
    surface: 'profile',
    account: { id: 'a', email: 'a@x.example', phones: ['1', '2'] },
    url: 'https://x.example',
    origin: { ip: '192.0.2.7', port: 4000 },
  }
  expect(grown(before, after)).toEqual(['surface', 'account.email', 'account.phones', 'origin.ip', 'origin.port'])
  expect(grown(after, after)).toEqual([])
})
