// Compiles kernel/ to WebAssembly, with SIMD and without, into src/kernel.generated.ts as base64: so the library loads
// without configuration wherever modules load. Called by the repository's build before tsc.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const here = fileURLToPath(new URL('.', import.meta.url))
const target = join(here, 'src/kernel.generated.ts')

const builds = { simd: await compile(['--enable', 'simd']), scalar: await compile(['--disable', 'simd']) }
const text = `// Made by build.mjs from kernel/: not to be edited.\n${Object.entries(builds)
  .map(([name, bytes]) => `export const ${name}: string =\n  '${Buffer.from(bytes).toString('base64')}'\n`)
  .join('')}`
// Only when it changed, and in one step: whoever reads meanwhile reads a whole file.
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  writeFileSync(`${target}.${process.pid}`, text)
  renameSync(`${target}.${process.pid}`, target)
}

async function compile(features) {
  const made = new Map()
  const options = ['--runtime', 'stub', '--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert']
  const { error, stderr } = await asc.main(['kernel/kernel.ts', '--outFile', 'kernel.wasm', ...options, ...features], {
    readFile: (name) => (existsSync(join(here, name)) ? readFileSync(join(here, name), 'utf8') : null),
    writeFile: (name, bytes) => made.set(name, bytes),
    listFiles: () => [],
  })
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  return made.get('kernel.wasm')
}
