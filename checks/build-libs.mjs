// Builds each library under libs/ to dist with plain tsc, when its sources are newer than its dist.
// Plain .mjs on purpose: `npm ci` runs it (prepare) before anything else works.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(root, 'node_modules/typescript7/bin/tsc')

for (const name of readdirSync(join(root, 'libs')).sort()) {
  const lib = join(root, 'libs', name)
  if (!existsSync(join(lib, 'tsconfig.json')) || isFresh(lib)) continue
  rmSync(join(lib, 'dist'), { recursive: true, force: true })
  execFileSync(process.execPath, [tsc, '-p', lib], { stdio: 'inherit' })
}

/** True when dist exists and no source file changed since it was written. */
function isFresh(lib) {
  const built = newest(join(lib, 'dist'))
  return built > 0 && built >= Math.max(newest(join(lib, 'src')), statSync(join(lib, 'tsconfig.json')).mtimeMs)
}

function newest(dir) {
  if (!existsSync(dir)) return 0
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0)
}
