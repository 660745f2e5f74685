// Where values come from: the file, then the environment's variables, then the command itself; the later wins.
import { type Key, keys } from './keys.ts'
import type { Trouble } from './trouble.ts'

export interface Gathered {
  /** As the schema wants it, unchecked. */
  readonly values: Record<string, unknown>
  /** Who said a key: path in dots -> the file's name, the variable's name, `this command`. */
  readonly sources: ReadonlyMap<string, string>
}

type Tree = Record<string, unknown>

const groups = new Set(keys.flatMap(({ path }) => path.slice(0, -1).map((_, i) => path.slice(0, i + 1).join('.'))))
const byPath = new Map(keys.map((key) => [key.path.join('.'), key]))
const byVariable = new Map(keys.map((key) => [spelling(key.path), key]))

/** The names that the operator chose stand under these: `lists.ncmec.password` is the key `lists.*.password`. */
const open = new Set(
  keys.flatMap(({ path }) => (path.includes('*') ? [path.slice(0, path.indexOf('*')).join('.')] : [])),
)

/** A path as the schema knows it. */
function known(path: string): string {
  const [group = '', name, ...below] = path.split('.')
  return name !== undefined && open.has(group) ? [group, '*', ...below].join('.') : path
}

/** Lays the layers over each other, later ones on top, key by key; a list is replaced as a whole. */
export function gather(layers: readonly { source: (path: string) => string; tree: Tree }[]): Gathered {
  const values: Tree = {}
  const sources = new Map<string, string>()
  for (const { source, tree } of layers) lay(tree, values, '', (path) => sources.set(path, source(path)))
  return { values, sources }
}

function lay(from: Tree, onto: Tree, above: string, said: (path: string) => void): void {
  for (const [key, value] of Object.entries(from)) {
    const path = above === '' ? key : `${above}.${key}`
    // `mail:` with every line below it commented out is an empty group, not a mistake.
    if (value === undefined || (value === null && groups.has(known(path)))) continue
    if (groups.has(known(path)) && isTree(value)) {
      const below = Object.hasOwn(onto, key) ? onto[key] : undefined
      if (below !== undefined && !isTree(below)) continue
      const group: Tree = below ?? {}
      define(onto, key, group)
      lay(value, group, path, said)
    } else {
      define(onto, key, value)
      said(path)
    }
  }
}

/**
 * `WARDLINE_CYBERTIP__PASSWORD=...` or, for a secret, `WARDLINE_CYBERTIP__PASSWORD_FILE=/run/secrets/...`.
 * An empty variable counts as not set. Gives a tree and, by path, the variable that said it. names: those that the file
 * gives to its lists, which a variable spells in capitals and without what no variable may hold.
 */
export function readVariables(
  env: Readonly<Record<string, string | undefined>>,
  readText: (file: string) => string | undefined,
  names: readonly string[] = [],
): { tree: Tree; source: (path: string) => string; troubles: Trouble[] } {
  const tree: Tree = {}
  const said = new Map<string, string>()
  const troubles: Trouble[] = []
  for (const [variable, text] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!variable.startsWith('WARDLINE_') || isForeign(variable) || text === undefined || text === '') continue
    const complain = (path: string, words: string) => troubles.push({ source: variable, path, words })
    const steps = variable.slice('WARDLINE_'.length).split('__')
    const own = keyOf(steps, names)
    const named = own ?? secretNamedBy(steps, names)
    if (named === undefined) {
      complain('', 'is not a known key (nested keys are joined by two underscores, as WARDLINE_SERVER__PORT)')
      continue
    }
    const path = named.path.join('.')
    const before = said.get(path)
    if (before !== undefined) {
      complain(path, `is also given by ${before}; keep one of the two`)
      continue
    }
    const value = own === undefined ? readText(text)?.trim() : typed(own, text)
    if (value === undefined || value === '') {
      complain(path, 'names a file that cannot be read or is empty')
      continue
    }
    said.set(path, variable)
    plant(tree, named.path, value)
  }
  return { tree, source: (path) => said.get(path) ?? 'the environment', troubles }
}

/** Names that are not ours to judge: the file's own place, our tests, what Kubernetes sets for a service `wardline`. */
function isForeign(variable: string): boolean {
  if (variable === 'WARDLINE_CONFIG' || variable.startsWith('WARDLINE_TEST_')) return true
  return !variable.includes('__') && /_(SERVICE_HOST|SERVICE_PORT\w*|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)$/.test(variable)
}

/** The key that a variable names, its path with the operator's own names in it. */
function keyOf(steps: readonly string[], names: readonly string[]): Key | undefined {
  const plain = byVariable.get(spelling(steps))
  if (plain !== undefined && !plain.path.includes('*')) return plain
  const [group = '', name = '', ...below] = steps
  const key = name === '' ? undefined : byVariable.get(spelling([group, '*', ...below]))
  if (key === undefined || !open.has(key.path[0] ?? '')) return undefined
  const bare = (text: string) => text.replaceAll(/[-_]/g, '').toLowerCase()
  const chosen = names.find((one) => bare(one) === bare(name)) ?? name.toLowerCase().replaceAll('_', '-')
  return { ...key, path: key.path.map((step) => (step === '*' ? chosen : step)) }
}

function secretNamedBy(steps: readonly string[], names: readonly string[]): Key | undefined {
  const last = steps.at(-1) ?? ''
  if (!last.endsWith('_FILE')) return undefined
  const key = keyOf([...steps.slice(0, -1), last.slice(0, -'_FILE'.length)], names)
  return key?.secret === true ? key : undefined
}

/** Text becomes what the key holds where it can; where it cannot, the schema says what belongs there. */
function typed(key: Key, text: string): unknown {
  if (key.nullable && text === 'null') return null
  if (key.kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (key.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (key.kind === 'text') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function plant(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path
  if (key === undefined) return
  if (rest.length === 0) {
    define(tree, key, value)
    return
  }
  const below = tree[key]
  const group: Tree = isTree(below) ? below : {}
  define(tree, key, group)
  plant(group, rest, value)
}

/** Never by assignment: a key of the file may be called `__proto__`, and the schema shall see and refuse it. */
function define(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, writable: true, configurable: true })
}

function spelling(steps: readonly string[]): string {
  return steps.map((step) => step.replaceAll('_', '').toLowerCase()).join('.')
}

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Who said the key at `path`, or the nearest thing above it. */
export function whoSaid(sources: ReadonlyMap<string, string>, path: string): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const plain = at.replace(/\[\d+\].*$/, '')
    const said = sources.get(at) ?? sources.get(plain)
    if (said !== undefined) return said
  }
  return undefined
}

export const isSecret = (path: string): boolean => byPath.get(known(path))?.secret === true
