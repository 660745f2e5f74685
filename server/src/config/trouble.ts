// What is wrong with a configuration: where it was said, which key, and what belongs there. Never the value.
import { Fault } from '#base'

export interface Trouble {
  /** `wardline.yaml`, `WARDLINE_SERVER__PORT`, or `configuration` for what nobody said. */
  readonly source: string
  readonly path: string
  readonly words: string
}

/** Every trouble on its own line, as `wardline.yaml: rules.perceptual: must be ...`. */
export function configFault(troubles: readonly Trouble[]): Fault<'config_wrong'> {
  const lines = troubles.map(({ source, path, words }) =>
    [source, path, words].filter((part) => part !== '').join(': '),
  )
  return new Fault('config_wrong', lines.join('\n'), { retry: 'never' })
}
