// The one configuration: defaults < wardline.yaml < WARDLINE_* variables < the command. A wrong key ends with its path.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { wrongKeys } from '@wardline/api'
import { crossCheck, tellsPeople } from './checks.ts'
import { liesWithin, readFile, readText } from './file.ts'
import { type Config, type ConfigOverrides, type Settings, settings } from './schema.ts'
import { type Gathered, gather, isTree, readVariables, whoSaid } from './sources.ts'
import { strayLists } from './strays.ts'
import { configFault, type Trouble } from './trouble.ts'

export { describeConfig } from './describe.ts'
export { configuredLists } from './lists.ts'
export type { Config, ConfigOverrides } from './schema.ts'

export interface ConfigPlaces {
  /** Must exist when named. Else WARDLINE_CONFIG names it, else `wardline.yaml` in `folder` is read if it is there. */
  readonly file?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly overrides?: ConfigOverrides | undefined
  /** Where the command was called; the process's working folder unless said otherwise. */
  readonly folder?: string | undefined
}

/** Throws Fault 'config_wrong' whose message holds every trouble on its own line and never a value. */
export function loadConfig(places: ConfigPlaces): Config {
  const folder = resolve(places.folder ?? '.')
  const file = findFile(places, folder)
  const read = file === undefined ? undefined : readFile(file)
  if (read?.kind === 'wrong') throw configFault(read.troubles)

  const fileName = file === undefined ? 'configuration' : basename(file)
  const lists: unknown = read?.tree['lists']
  const named = isTree(lists) ? Object.keys(lists) : []
  const variables = readVariables(places.env, (path) => readText(resolve(folder, path)), named)
  const overrides: unknown = places.overrides ?? {}
  const gathered = gather([
    { source: () => fileName, tree: read?.tree ?? {} },
    variables,
    { source: () => 'this command', tree: isTree(overrides) ? overrides : {} },
  ])
  const blame = ({ path, words }: { path: string; words: string }): Trouble => ({
    source: whoSaid(gathered.sources, path) ?? fileName,
    path,
    words,
  })
  const parsed = settings.safeParse(gathered.values)
  if (!parsed.success) {
    const strays = strayLists({ ...gathered, fileName, named })
    const isOfStray = (path: string) => strays.ids.some((id) => path.startsWith(`lists.${id}.`))
    const wrong = wrongKeys(parsed.error, gathered.values).filter(({ path }) => !isOfStray(path))
    const looks = wrong.length > 0 ? (read?.looks ?? []) : []
    throw configFault([...variables.troubles, ...looks, ...strays.troubles, ...wrong.map(blame)])
  }
  const troubles = [...variables.troubles, ...crossCheck(parsed.data).map(blame)]
  if (troubles.length > 0) throw configFault(troubles)

  const from = { folder, file, fileName, home: places.env['HOME'] }
  const data = absolute(parsed.data.data, 'data', gathered, from)
  const keyFile = keyFileOf(parsed.data, data, gathered, from)
  if (liesWithin(data, keyFile))
    throw configFault([
      blame({ path: 'vault.keyFile', words: 'must lie outside of the data folder: a copy of one must not hold both' }),
    ])
  return {
    ...parsed.data,
    file,
    data,
    lists: Object.fromEntries(
      Object.entries(parsed.data.lists).map(([id, list]) => [
        id,
        list.path === undefined ? list : { ...list, path: absolute(list.path, `lists.${id}.path`, gathered, from) },
      ]),
    ),
    vault: { keyFile },
    rules: { ...parsed.data.rules, perceptual: parsed.data.rules.perceptual ?? 'report' },
    notices: {
      ...parsed.data.notices,
      enabled: tellsPeople(parsed.data),
    },
  }
}

function findFile({ file, env }: ConfigPlaces, folder: string): string | undefined {
  const named = file ?? (env['WARDLINE_CONFIG'] || undefined)
  if (named !== undefined) return resolve(folder, named)
  const usual = resolve(folder, 'wardline.yaml')
  return existsSync(usual) ? usual : undefined
}

interface From {
  readonly folder: string
  readonly file: string | undefined
  readonly fileName: string
  readonly home: string | undefined
}

/** A path in the file counts from the file's folder, everyone else's from where the command was called. */
function absolute(path: string, key: string, { sources }: Gathered, { folder, file, fileName, home }: From): string {
  if (path.startsWith('~/') && home !== undefined) return resolve(home, path.slice(2))
  const byFile = file !== undefined && (sources.get(key) ?? fileName) === fileName
  return resolve(byFile ? dirname(file) : folder, path)
}

/**
 * One key per environment and data folder, so that no deployment shares another's: retired in one, it would be missing in the other. A
 * deployment of before has it under the folder's name alone.
 */
function keyFileOf({ vault, environment }: Settings, data: string, gathered: Gathered, from: From): string {
  if (vault.keyFile !== undefined) return absolute(vault.keyFile, 'vault.keyFile', gathered, from)
  if (from.home !== undefined && from.home !== '')
    return keyBeside(resolve(from.home, '.config', 'wardline'), `${environment}-${basename(data) || 'root'}`, data)
  throw configFault([
    { source: from.fileName, path: 'vault.keyFile', words: 'is missing; without HOME there is no usual place for it' },
  ])
}

function keyBeside(folder: string, name: string, data: string): string {
  const former = join(folder, `${name}.key`)
  const own = join(folder, `${name}-${createHash('sha256').update(data).digest('hex').slice(0, 8)}.key`)
  return existsSync(data) && existsSync(former) && !existsSync(own) ? former : own
}
