import { describe, expect, it } from 'vitest'
import { outward, table } from './table.ts'
import { wrap } from './wrap.ts'

const columns = [
  { title: 'id', of: ({ id }: Row) => id },
  { title: 'name', of: ({ name }: Row) => name, shrinks: true },
  { title: 'size', of: ({ size }: Row) => String(size), align: 'right' as const },
]
interface Row {
  readonly id: string
  readonly name: string
  readonly size: number
}
const rows: readonly Row[] = [
  { id: 'one', name: 'a rather long name', size: 7 },
  { id: 'eleven', name: 'short', size: 1234 },
]

describe('a table', () => {
  it('is as wide as what stands in it', () => {
    expect(table(rows, columns, 80)).toEqual([
      'id      name                size',
      'one     a rather long name     7',
      'eleven  short               1234',
    ])
  })

  it('gives up the shrinking column on a narrow terminal, and says that it did', () => {
    expect(table(rows, columns, 25)).toEqual([
      'id      name         size',
      'one     a rather l…     7',
      'eleven  short        1234',
    ])
  })

  it('is not moved about by control characters in a name', () => {
    expect(table([{ id: 'x', name: 'a\u001b[2Jb\n', size: 1 }], columns, 80).join('')).not.toMatch(/\p{Cc}/u)
  })
})

it('times leave as ISO 8601, at whatever depth, and other numbers stay', () => {
  expect(outward({ createdAt: 0, steps: [{ at: 1000, count: 3 }], sentAt: null })).toEqual({
    createdAt: '1970-01-01T00:00:00.000Z',
    steps: [{ at: '1970-01-01T00:00:01.000Z', count: 3 }],
    sentAt: null,
  })
})

it.each([
  ['to be or not to be', 9, ['to be or', 'not to be']],
  ['a/path/longer/than/that b', 5, ['a/path/longer/than/that', 'b']],
  ['', 5, ['']],
])('%j breaks at %i between words only', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines)
})
