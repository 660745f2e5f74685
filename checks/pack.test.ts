// Each library as a stranger gets it: packed, installed into an empty folder, and its README's first example run on plain JavaScript.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './statics.ts'

const run = promisify(execFile)
const libs = readdirSync(join(root, 'libs'))
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wardline-pack-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(libs)('a stranger installs %s and its README example runs', { timeout: 180_000 }, async (lib) => {
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(root, 'libs', lib) })
  const { filename, files } = theOne(JSON.parse(packed.stdout))
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', `dist/${lib}.js`, `dist/${lib}.d.ts`]),
  )
  expect(files.filter(({ path }) => /\.test\.|(^|\/)(testing|src|vectors)\//.test(path))).toEqual([])

  const home = mkdtempSync(join(folder, 'home-'))
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }')
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)], { cwd: home })

  writeFileSync(join(home, 'example.js'), firstExample(readFileSync(join(root, 'libs', lib, 'README.md'), 'utf8')))
  const { stdout } = await run(process.execPath, ['example.js'], { cwd: home })
  expect(stdout.trim()).not.toBe('')
})

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** npm told of one package in a list until version 11, and since then in an object by name. */
function theOne(told: readonly Packed[] | Record<string, Packed>): Packed {
  const [packed] = Object.values(told)
  if (packed === undefined) throw new Error('npm packed nothing')
  return packed
}

/** The first ```js block. It must stand as it is: an example that needs changes before it runs is no example. */
function firstExample(readme: string): string {
  const example = /^```js\b[^\n]*\n(.*?)^```/ms.exec(readme)?.[1]
  if (example === undefined) throw new Error('the README holds no ```js block')
  return example
}
