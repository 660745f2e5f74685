import { expect, test } from 'vitest'
import { Kernel } from './kernel.ts'
import { layoutOf, TABLE } from './layout.ts'
import { finish, merge } from './merge.ts'
import { IDENTITY } from './permutation.ts'
import { distanceBits } from './scan.ts'
import { flipped, SETS, spread } from './testing/codes.ts'

// How far a search reads ahead depends on the length of the ring; millions of rows would be too many for a test.
test.each(Object.entries(SETS).flatMap(([set, make]) => [0, 4e6, 10e6, 16e6].map((length) => ({ set, make, length }))))(
  '$set, read ahead as a ring of $length rows is: no row is missed, told twice or too far',
  ({ make, length }) => {
    const codes = make(400)
    const source = {
      ids: Uint32Array.from(codes, (_, id) => id),
      codes: Uint8Array.from(codes.flatMap((code) => [...code])),
    }
    const [built] = merge([{ ...source, dead: undefined, permutation: IDENTITY }], 1000)
    if (built === undefined) throw new Error('a ring was not made')
    finish(built)
    const kernel = new Kernel(built.memory, 1).useRing(layoutOf(built.rows))
    kernel.calls.touchAs(length)
    const asked = codes
      .slice(0, 40)
      .flatMap((code, i) => [flipped(code, i % 36, i), flipped(code, 31, i), spread(code, i % 16, i)])
    for (const radius of [12, 31]) {
      const told: string[] = []
      kernel.look('search', asked, radius, TABLE, (query, row, distance) => told.push(`${query} ${row} ${distance}`))
      const truth = asked.flatMap((query, q) =>
        codes.flatMap((code, row) => {
          const distance = distanceBits(query, code)
          return distance <= radius ? [`${q} ${row} ${distance}`] : []
        }),
      )
      expect(told.sort()).toEqual(truth.sort())
    }
  },
)
