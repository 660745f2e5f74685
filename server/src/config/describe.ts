// The configuration as it counts, for an operator's eyes: every key with its value, every secret as '***'.
import { stringify } from 'yaml'
import type { Config } from './schema.ts'
import { isSecret, isTree } from './sources.ts'

/** YAML text that could be a wardline.yaml, but for the secrets. */
export function describeConfig({ file, ...config }: Config): string {
  const origin = file === undefined ? '# no file was read' : `# read from ${file}`
  return `${origin}\n${stringify(masked(config, ''))}`
}

function masked(value: unknown, path: string): unknown {
  if (value !== undefined && isSecret(path)) return '***'
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, below]) => below !== undefined)
      .map(([key, below]) => [key, masked(below, path === '' ? key : `${path}.${key}`)]),
  )
}
