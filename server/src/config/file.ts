// Reads wardline.yaml. A mistake in it is told by line and column: the parser's own words would quote the line.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { lookAlikes } from './look-alikes.ts'
import { isTree } from './sources.ts'
import type { Trouble } from './trouble.ts'

export type FileRead =
  /** looks: what may explain it when the keys turn out wrong. */
  | { readonly kind: 'read'; readonly tree: Record<string, unknown>; readonly looks: readonly Trouble[] }
  | { readonly kind: 'wrong'; readonly troubles: readonly Trouble[] }

export function readFile(file: string): FileRead {
  const source = basename(file)
  const wrong = (...words: string[]): FileRead => ({
    kind: 'wrong',
    troubles: words.map((said) => ({ source, path: '', words: said })),
  })
  const text = readText(file)
  if (text === undefined) return wrong(`cannot be read (looked at ${file})`)
  const looks = lookAlikes(text)
  const document = parseDocument(text, { prettyErrors: true })
  if (document.errors.length > 0)
    return wrong(
      ...looks,
      ...document.errors.map(({ code, linePos }) => {
        const at = linePos?.[0]
        return `is not YAML${at === undefined ? '' : ` at line ${at.line}, column ${at.col}`} (${code})`
      }),
    )
  const tree: unknown = document.toJS() ?? {}
  if (!isTree(tree)) return wrong(...looks, 'must be keys with values, as `environment: sandbox`')
  return { kind: 'read', tree, looks: looks.map((words) => ({ source, path: '', words })) }
}

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether `file` lies in `folder`, seen through links, also when neither exists yet. */
export function liesWithin(folder: string, file: string): boolean {
  const outer = real(folder)
  for (let at = real(file); ; at = dirname(at)) {
    if (at === outer) return true
    if (at === dirname(at)) return false
  }
}

function real(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const above = dirname(path)
  return above === path ? path : resolve(real(above), basename(path))
}
