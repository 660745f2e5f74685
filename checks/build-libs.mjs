// Builds each library under libs/ to dist when its sources are newer: first its own build.mjs, if it has one, then plain tsc.
// Plain .mjs on purpose: `npm ci` runs it (prepare) before anything else works.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(root, 'node_modules/typescript7/bin/tsc')

for (const name of readdirSync(join(root, 'libs')).sort()) {
  const lib = join(root, 'libs', name)
  if (!existsSync(join(lib, 'tsconfig.json')) || isFresh(lib)) continue
  if (!build(lib)) process.exitCode = 1
}

/** Writes beside and renames at the end: whoever runs from dist meanwhile, and a build that fails, keep the former one. */
function build(lib) {
  if (existsSync(join(lib, 'build.mjs'))) {
    const generated = spawnSync(process.execPath, [join(lib, 'build.mjs')], { stdio: 'inherit' })
    if (generated.status !== 0) return false
  }
  const workshop = join(root, 'node_modules/.cache/wardline')
  mkdirSync(workshop, { recursive: true })
  const built = mkdtempSync(join(workshop, 'dist-'))
  const { status } = spawnSync(process.execPath, [tsc, '-p', lib, '--outDir', built], { stdio: 'inherit' })
  if (status === 0) {
    rmSync(join(lib, 'dist'), { recursive: true, force: true })
    renameSync(built, join(lib, 'dist'))
  } else rmSync(built, { recursive: true, force: true })
  return status === 0
}

/** True when dist exists and no source file changed since it was written. */
function isFresh(lib) {
  const settings = [join(lib, 'tsconfig.json'), join(root, 'tsconfig.base.json'), join(lib, 'build.mjs')]
  const times = settings.filter((file) => existsSync(file)).map((file) => statSync(file).mtimeMs)
  const changed = Math.max(newest(join(lib, 'src')), newest(join(lib, 'kernel')), ...times)
  return newest(join(lib, 'dist')) >= changed
}

/** The latest change below a folder, 0 without one. Folders count too, since they tell of files that went away. */
function newest(folder) {
  if (!existsSync(folder)) return 0
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Math.max(0, ...entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}
