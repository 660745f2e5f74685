// Some acts have one place, and imports do not tell them: globals. Read from the text of the server's files.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './statics.ts'

const powers = [
  { act: 'reads the environment', told: /\bprocess\.env\b/, place: /^config\// },
  { act: 'reads the clock', told: /\bDate\.now\(|\bnew Date\(\)/, place: /^base\// },
  { act: 'throws dice', told: /\bMath\.random\(/, place: /^base\// },
  { act: 'fetches', told: /(?<![.\w])fetch\(/, place: /^(lists\/sources|intake\/fetch|notices\/send|webhooks\/post)/ },
]

const sources = globSync('**/*.ts', { cwd: join(root, 'server/src') })
  .filter((file) => !/\.test\.ts$|\/testing(\.ts$|\/)|\/contract\.ts$/.test(file))
  .map((file) => ({ file, text: withoutComments(readFileSync(join(root, 'server/src', file), 'utf8')) }))

test.each(powers)('only its own place $act', ({ told, place }) => {
  expect(sources.length).toBeGreaterThan(10)
  expect(sources.filter(({ file, text }) => told.test(text) && !place.test(file)).map(({ file }) => file)).toEqual([])
})

test.each([
  ['const a = process.env.HOME', 0],
  ['const now = Date.now()', 1],
  ['const now = new Date()', 1],
  ['if (Math.random() < 0.5) return', 2],
  ['await fetch(url)', 3],
])('%j would be told', (line, power) => {
  expect(powers.map(({ told }) => told.test(withoutComments(line)))).toEqual(powers.map((_, place) => place === power))
})

test.each([
  'cursor.fetch()',
  'prefetch(x)',
  'new Date(row.at)',
  '// never process.env here',
  ' * Date.now() is not it',
])('%j is no such act', (line) => {
  expect(powers.some(({ told }) => told.test(withoutComments(line)))).toBe(false)
})

/** Good enough for whole-line and trailing comments; a string that holds `//` loses its tail, which hides nothing asked for here but itself. */
function withoutComments(text: string): string {
  return text.replace(/^\s*(\/?\*|\/\/).*$|\s\/\/.*$/gm, '')
}
