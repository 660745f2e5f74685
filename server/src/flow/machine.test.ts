import fc from 'fast-check'
import { expect, it } from 'vitest'
import { machineOf } from './machine.ts'

it.each([
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff:1:2:3', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['203.0.113.7', '203.0.113.7'],
])('%s is the machine %s', (ip, machine) => expect(machineOf(ip)).toBe(machine))

it('any address is one machine with all of its network of 64 bits, and with no other', () => {
  const group = fc.integer({ min: 1, max: 0xffff })
  const groups = (count: number) => fc.array(group, { minLength: count, maxLength: count })
  const written = (numbers: readonly number[]) => numbers.map((number) => number.toString(16)).join(':')
  fc.assert(
    fc.property(groups(4), groups(4), groups(4), (network, one, other) => {
      expect(machineOf(written([...network, ...one]))).toBe(machineOf(written([...network, ...other])))
      expect(machineOf(written([...network, ...one]))).toBe(`${written(network)}::/64`)
    }),
  )
})
