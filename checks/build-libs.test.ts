// A stale library is worse than none: what makes `dist` old is noticed, and nothing is packed before it was looked at.
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './statics.ts'

const run = promisify(execFile)
let home = ''
const lib = (...path: string[]) => join(home, 'libs/toy', ...path)

/** A repository of one small library, which has its own build like the kernels' and the scripts of the real ones. */
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'wardline-build-'))
  for (const folder of ['checks', 'libs/toy/src', 'node_modules/assemblyscript'])
    mkdirSync(join(home, folder), { recursive: true })
  cpSync(join(root, 'checks/build-libs.mjs'), join(home, 'checks/build-libs.mjs'))
  symlinkSync(join(root, 'node_modules/typescript7'), join(home, 'node_modules/typescript7'))
  assemblyScript('0.1.0')
  writeFileSync(join(home, 'tsconfig.base.json'), '{ "compilerOptions": { "module": "nodenext", "types": [] } }')
  cpSync(join(root, 'libs/pdq/tsconfig.json'), lib('tsconfig.json'))
  const { scripts } = JSON.parse(readFileSync(join(root, 'libs/pdq/package.json'), 'utf8'))
  const toy = {
    name: 'toy',
    version: '1.0.0',
    type: 'module',
    files: ['dist'],
    scripts: { prepack: scripts.prepack?.replace('pdq', 'toy') },
  }
  writeFileSync(lib('package.json'), JSON.stringify(toy))
  writeFileSync(
    lib('build.mjs'),
    "import { writeFileSync } from 'node:fs'\nwriteFileSync(new URL('src/made.generated.ts', import.meta.url), 'export const made = 1')\n",
  )
  writeFileSync(lib('src/toy.ts'), "export { made } from './made.generated.ts'\n")
  writeFileSync(lib('src/other.ts'), 'export const other = 1\n')
  await build()
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a library of which nothing changed is not built again', async () => {
  const before = built()
  await build()
  expect(built()).toBe(before)
  expect(readdirSync(lib('dist')).sort()).toEqual(
    ['made.generated', 'other', 'toy'].flatMap((name) => [`${name}.d.ts`, `${name}.js`]),
  )
})

test.each<[string, () => void]>([
  ['a source that changed', () => writeFileSync(lib('src/other.ts'), 'export const other = 2\n')],
  ['a source that is gone', () => rmSync(lib('src/other.ts'))],
  ['another AssemblyScript', () => assemblyScript('0.2.0')],
  ['a file of dist that is gone', () => rmSync(lib('dist/other.js'))],
  [
    'a source that changed before a file of dist went away',
    () => {
      writeFileSync(lib('src/other.ts'), 'export const other = 3\n')
      rmSync(lib('dist/made.generated.d.ts'))
    },
  ],
  ['a dist that is gone', () => rmSync(lib('dist'), { recursive: true })],
])('%s makes a library be built again', async (_what, change) => {
  const before = built()
  change()
  await build()
  expect(built()).not.toBe(before)
  expect(existsSync(lib('dist/other.js'))).toBe(existsSync(lib('src/other.ts')))
})

test('generated sources that are gone come back, also when dist is younger than their folder', async () => {
  rmSync(lib('src/made.generated.ts'))
  writeFileSync(lib('dist/toy.js'), readFileSync(lib('dist/toy.js')))
  await build()
  expect(existsSync(lib('src/made.generated.ts'))).toBe(true)
})

test('a library without dist, or with an old one, is built before it is packed', async () => {
  for (const spoil of [
    () => rmSync(lib('dist'), { recursive: true }),
    () => writeFileSync(lib('src/new.ts'), 'export {}\n'),
  ]) {
    spoil()
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: lib() })
    expect(stdout).toContain('"dist/toy.js"')
    expect(stdout.includes('"dist/new.js"')).toBe(existsSync(lib('src/new.ts')))
  }
})

test('a library that does not build is not packed', async () => {
  writeFileSync(lib('src/toy.ts'), 'export const toy: number = "no number"\n')
  await expect(run('npm', ['pack', '--dry-run'], { cwd: lib() })).rejects.toThrow()
})

test('every library is looked at before it is packed', () => {
  for (const name of readdirSync(join(root, 'libs'))) {
    const { scripts } = JSON.parse(readFileSync(join(root, 'libs', name, 'package.json'), 'utf8'))
    expect(scripts?.prepack).toBe(`node ../../checks/build-libs.mjs ${name}`)
  }
})

async function build(): Promise<void> {
  await run(process.execPath, [join(home, 'checks/build-libs.mjs')])
}

/** Another number after every build, and only then. */
function built(): bigint | undefined {
  return statSync(lib('dist/toy.js'), { bigint: true, throwIfNoEntry: false })?.mtimeNs
}

function assemblyScript(version: string): void {
  writeFileSync(
    join(home, 'node_modules/assemblyscript/package.json'),
    JSON.stringify({ name: 'assemblyscript', version }),
  )
}
