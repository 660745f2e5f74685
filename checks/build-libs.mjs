// Builds each library under libs/, or those that are named, to dist when that is old: first its own build.mjs, if it has one,
// then plain tsc. Plain .mjs on purpose: `npm ci` runs it (prepare) before anything else works.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(root, 'node_modules/typescript7/bin/tsc')
const workshop = join(root, 'node_modules/.cache/wardline')
const named = process.argv.slice(2)

for (const name of named.length > 0 ? named : readdirSync(join(root, 'libs')).sort()) {
  const lib = join(root, 'libs', name)
  if (!existsSync(join(lib, 'tsconfig.json')) || isFresh(name)) continue
  if (!build(name)) process.exitCode = 1
}

/** Writes beside and renames at the end: whoever runs from dist meanwhile, and a build that fails, keep the former one. */
function build(name) {
  const lib = join(root, 'libs', name)
  if (existsSync(join(lib, 'build.mjs'))) {
    const generated = spawnSync(process.execPath, [join(lib, 'build.mjs')], { stdio: 'inherit' })
    if (generated.status !== 0) return false
  }
  mkdirSync(workshop, { recursive: true })
  const built = mkdtempSync(join(workshop, 'dist-'))
  const { status } = spawnSync(process.execPath, [tsc, '-p', lib, '--outDir', built], { stdio: 'inherit' })
  if (status === 0) {
    rmSync(join(lib, 'dist'), { recursive: true, force: true })
    renameSync(built, join(lib, 'dist'))
    writeFileSync(toolsFile(name), stamp(name))
  } else rmSync(built, { recursive: true, force: true })
  return status === 0
}

/** True when dist holds all that the last build wrote, made by these tools, and no source file changed since it was written. */
function isFresh(name) {
  const lib = join(root, 'libs', name)
  const settings = [join(lib, 'tsconfig.json'), join(root, 'tsconfig.base.json'), join(lib, 'build.mjs')]
  const times = settings.filter((file) => existsSync(file)).map((file) => statSync(file).mtimeMs)
  const changed = Math.max(newest(join(lib, 'src')), newest(join(lib, 'kernel')), ...times)
  // The oldest file counts: a folder is as young as the last file that was taken out of it.
  if (oldest(join(lib, 'dist')) < changed) return false
  if (!existsSync(toolsFile(name)) || readFileSync(toolsFile(name), 'utf8') !== stamp(name)) return false
  // What build.mjs makes is in nobody's repository, and a dist without it can be younger than all sources.
  const generated = readdirSync(join(lib, 'dist'), { recursive: true }).filter((file) => file.endsWith('.generated.js'))
  return generated.every((file) => existsSync(join(lib, 'src', file.replace(/js$/, 'ts'))))
}

/** Beside dist rather than in it, since dist is what gets published. */
function toolsFile(name) {
  return join(workshop, `${name}.tools`)
}

/** By what dist was made, and what is in it. */
function stamp(name) {
  return [tools(), ...filesIn(join(root, 'libs', name, 'dist')).sort()].join('\n')
}

/** The versions of what compiles: another one may write other bytes from the same sources. */
function tools() {
  return ['typescript7', 'assemblyscript'].map(versionOf).join('\n')
}

/** npm sets all times in its folders to the same day, so they say nothing. */
function versionOf(name) {
  const file = join(root, 'node_modules', name, 'package.json')
  return `${name} ${existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : 'not installed'}`
}

/** The latest change of a folder and all below it, 0 without one. Folders count too, since they tell of files that went away. */
function newest(folder) {
  if (!existsSync(folder)) return 0
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const times = entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs)
  return Math.max(statSync(folder).mtimeMs, ...times)
}

/** The first change of a file in a folder or below it, 0 without one. */
function oldest(folder) {
  const times = filesIn(folder).map((file) => statSync(join(folder, file)).mtimeMs)
  return times.length > 0 ? Math.min(...times) : 0
}

function filesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile())
}
