// Reads one language file: YAML, each text with the line it stands on, so that a fault can name it.
import { isMap, isScalar, LineCounter, parseDocument, Scalar } from 'yaml'

export type Leaf = {
  readonly value: string
  readonly file: string
  /** Of the text's first line, from 1. */
  readonly line: number
}

export type TextTrouble = { readonly file: string; readonly line: number; readonly words: string }

export type TextFile = { readonly leaves: ReadonlyMap<string, Leaf>; readonly troubles: readonly TextTrouble[] }

/** file: its name, for the troubles. */
export function readTextFile(file: string, text: string): TextFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const leaves = new Map<string, Leaf>()
  const troubles: TextTrouble[] = document.errors.map(({ pos: [at], code }) => ({
    file,
    line: lines.linePos(at).line,
    words: `is not YAML (${code})`,
  }))
  const gather = (node: unknown, path: readonly string[]) => {
    if (isMap(node)) {
      for (const { key, value } of node.items) gather(value, [...path, isScalar(key) ? String(key.value) : '?'])
      return
    }
    const start = isScalar(node) ? (node.range?.[0] ?? 0) : 0
    const { line } = lines.linePos(start)
    if (!isScalar(node) || typeof node.value !== 'string' || node.value.trim() === '')
      troubles.push({ file, line: Math.max(1, line), words: `"${path.join('.')}" must be a text` })
    // A block's words begin below the sign that opens it.
    else
      leaves.set(path.join('.'), { value: node.value, file, line: line + (node.type === Scalar.BLOCK_LITERAL ? 1 : 0) })
  }
  if (troubles.length === 0) gather(document.contents, [])
  return { leaves, troubles }
}
