import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HEADER_BYTES, openSeals, sealedUnder } from './seal.ts'

const seals = openSeals(Buffer.alloc(32, 7))
const code = 'seal_broken'

it('what was sealed comes back, whatever it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
      expect(
        Uint8Array.from(seals.unseal('cases.context_sealed:1', seals.seal('cases.context_sealed:1', plain))),
      ).toEqual(plain)
    }),
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sealed = seals.sealJson('cases.context_sealed:1', value)
      expect(JSON.stringify(seals.unsealJson('cases.context_sealed:1', sealed))).toBe(JSON.stringify(value))
    }),
  )
})

it('a sealed value shows nothing of the plain one and never looks the same twice', () => {
  const one = Buffer.from(seals.seal('lists.value:1', 'a plain drawing'))
  expect(one.includes('plain')).toBe(false)
  expect(one.equals(seals.seal('lists.value:1', 'a plain drawing'))).toBe(false)
})

it('any flipped bit and any cut breaks the seal', () => {
  const sealed = seals.seal('lists.value:1', 'abc')
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const bad = Uint8Array.from(sealed)
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(() => seals.unseal('lists.value:1', bad)).toThrow(expect.objectContaining({ code }))
  }
  for (let length = 0; length < sealed.length; length += 1)
    expect(() => seals.unseal('lists.value:1', sealed.subarray(0, length))).toThrow(expect.objectContaining({ code }))
})

it('a sealed value opens in its own row and column and under its own key only', () => {
  const sealed = seals.seal('lists.value:1', 'abc')
  expect(() => seals.unseal('lists.value:2', sealed)).toThrow(expect.objectContaining({ code }))
  expect(() => seals.unseal('lists.label:1', sealed)).toThrow(expect.objectContaining({ code }))
  const others = openSeals(Buffer.alloc(32, 8))
  expect(() => others.unseal('lists.value:1', sealed)).toThrow(expect.objectContaining({ code }))
  expect(others.fingerprint).not.toBe(seals.fingerprint)
})

it('a context that names no place is a bug', () => {
  for (const context of ['', 'lists', 'lists.value', 'lists.value:', ':1'])
    expect(() => seals.seal(context, 'abc')).toThrow('table.column:id')
})

it('a keyed digest is the same for the same input, and another one for each purpose and key', () => {
  const digest = seals.keyed('account', 'somebody')
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(seals.keyed('account', Buffer.from('somebody'))).toBe(digest)
  expect(seals.keyed('idempotency', 'somebody')).not.toBe(digest)
  expect(openSeals(Buffer.alloc(32, 8)).keyed('account', 'somebody')).not.toBe(digest)
})

it('values sealed by an earlier version of Wardline still open', () => {
  // Each made once with the code of its time; when this test fails, the format has changed and deployed databases no longer open.
  expect(seals.fingerprint).toBe('5e2fb372ec461d70')
  for (const sealed of [
    '018a41164d5e8c6e88911719e3980d6f4873591d5ac687a6f67a59a0fb0a95f5',
    '025e2fb372ec461d7016216d31ee56d8d74528edb454284618c98337ff488976098b57e80a7c4efb',
  ])
    expect(seals.unseal('lists.value:1', Buffer.from(sealed, 'hex')).toString()).toBe('abc')
  expect(seals.keyed('account', 'somebody').slice(0, 16)).toBe('5792743e1ad48acf')
})

it('a sealed value names the key that it was sealed under, and one of the first version names none', () => {
  const sealed = seals.seal('lists.value:1', 'abc')
  expect(sealedUnder(sealed)).toBe(seals.fingerprint)
  expect(sealedUnder(sealed.subarray(0, HEADER_BYTES))).toBe(seals.fingerprint)
  expect(sealedUnder(sealed.subarray(0, HEADER_BYTES - 1))).toBeUndefined()
  expect(sealedUnder(Buffer.of(1, ...sealed.subarray(9)))).toBeUndefined()
})
