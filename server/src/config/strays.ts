// A variable for a list that the file does not name: mistyped, or left behind when the list went. The file is not to blame.
import { isTree } from './sources.ts'
import type { Trouble } from './trouble.ts'

interface Given {
  readonly values: Readonly<Record<string, unknown>>
  readonly sources: ReadonlyMap<string, string>
  readonly fileName: string
  /** The lists that the file names. */
  readonly named: readonly string[]
}

/** Lists that variables alone speak of, without saying of which kind they are. */
export function strayLists({ values, sources, fileName, named }: Given): { ids: string[]; troubles: Trouble[] } {
  const lists = values['lists']
  const ids = isTree(lists)
    ? Object.entries(lists)
        .filter(([id, list]) => !named.includes(id) && isTree(list) && list['kind'] === undefined)
        .map(([id]) => id)
    : []
  const has = named.length === 0 ? 'names no list' : `names only ${named.join(', ')}`
  const troubles = ids.flatMap((id) =>
    [...sources]
      .filter(([path]) => path.startsWith(`lists.${id}.`))
      .map(([path, source]) => ({
        source,
        path,
        words: `is for a list that is not there: ${fileName} ${has}; correct the variable's name, or unset it`,
      })),
  )
  return { ids, troubles }
}
