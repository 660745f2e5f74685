// Compiles the AssemblyScript kernel and writes it as a module of its own, so that it loads without a file, a path or a wait.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const asc = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js')
const folder = mkdtempSync(join(tmpdir(), 'wardline-asc-'))
try {
  const flags = [
    '-O3',
    '--noAssert',
    '--converge',
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '--enable',
    'simd,threads',
    '--disableWarning',
    '112',
  ]
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536']
  const out = join(folder, 'ring.wasm')
  const done = spawnSync(process.execPath, [asc, 'kernel/ring.ts', ...flags, ...memory, '-o', out], {
    cwd: here,
    stdio: 'inherit',
  })
  if (done.status !== 0) process.exit(1)
  const module = `// Made by build.mjs from kernel/ring.ts.\nexport const WASM = '${readFileSync(out).toString('base64')}'\n`
  writeFileSync(join(here, 'src/wasm.generated.ts'), module)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
