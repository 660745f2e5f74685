import { expect, it } from 'vitest'
import { XmlReader } from './xml-reader.ts'

const read = (inside: string, name = 'count') => {
  const xml = new XmlReader(Buffer.from(`<images ${inside}></images>`))
  xml.tag()
  return xml.attribute(name)
}

it.each([
  ['count="3"', '3'],
  ["a = 'x > y' count\n=\t'3'", '3'],
  ['discount="1" count="&lt;3"', '<3'],
  ['discount="1"', undefined],
])('an attribute is what stands in its own quotes: %s', (inside, value) => {
  expect(read(inside)).toBe(value)
})

it.each(['count', 'count=', 'count=3', 'count="3', '="3"', 'a="1"count="3"', 'a"b"="1"', 'count="1" count="2"'])(
  'a tag whose attributes are none is refused: %s',
  (inside) => {
    expect(() => read(inside)).toThrow('not as documented')
  },
)

it('a tag is never longer than 8 KB, and a long one costs no more than its length', () => {
  expect(() => read(`${'a'.repeat(8200)}="1"`)).toThrow('a tag is too long')
  expect(() => new XmlReader(Buffer.from(`<images ${'a'.repeat(20_000_000)}`)).tag()).toThrow('not as documented')
  const began = performance.now()
  for (let round = 0; round < 200; round += 1) expect(() => read('a'.repeat(8000))).toThrow('not as documented')
  expect(performance.now() - began).toBeLessThan(1500)
})
