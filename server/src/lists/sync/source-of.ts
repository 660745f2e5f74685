// The configured origin of a list -> a source that can be asked.
import type { Clock, Environment } from '#base'
import type { Vault } from '#vault'
import { openFiles } from '../sources/file.ts'
import { openNcmec } from '../sources/ncmec.ts'
import type { Source } from '../sources/source.ts'
import { openThreatExchange } from '../sources/threatexchange.ts'
import type { ConfiguredList } from './settings.ts'

interface Around {
  readonly environment: Environment
  readonly clock: Clock
  readonly vault: Pick<Vault, 'keyed'>
}

/** Throws `address_refused`. */
export function openSource(
  { id, class: named, origin }: ConfiguredList,
  { environment, clock, vault }: Around,
): Source {
  switch (origin.kind) {
    case 'ncmec':
      return openNcmec({ ...origin, environment }, clock)
    case 'threatexchange':
      return openThreatExchange({ ...origin, environment }, clock)
    case 'file':
      return openFiles({
        ...origin,
        class: named,
        // The same row keeps its name for as long as the key is the same, and the name tells nobody what it names.
        nameOf: (value) => `row ${vault.keyed('list_blocks.row', `${id}\n${value}`).slice(0, 24)}`,
      })
  }
}
