// `wardline sync`: fetches the configured lists now, one after the other, and shows how far it is.
import { Fault } from '@wardline/server/base'
import { configuredLists } from '@wardline/server/config'
import { type ConfiguredList, type SyncOutcome, syncList } from '@wardline/server/lists'
import { Command } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine, trouble } from '../exit.ts'
import { counted, openTerminal } from '../offline/terminal.ts'
import { type Ground, type GroundOptions, onGround } from '../on-ground.ts'
import { onSignals } from '../signals.ts'
import { openSyncProgress } from '../sync-progress.ts'
import { usage, wordsOf } from '../words.ts'

interface Wanted extends GroundOptions {
  readonly anew?: true
  readonly as?: string
  readonly json?: true
}

export function syncCommand(): Command {
  return new Command('sync')
    .description('fetch the hash lists of the configuration now; exit 2 when one could not be')
    .argument('[list]', 'only this one')
    .option('--config <file>', 'configuration (else ./wardline.yaml)')
    .option('--anew', 'fetch everything again, and remove what is no longer there')
    .option(...asPersonOption)
    .option('--json', 'one JSON object a list')
    .action(
      ending(async (name: string | undefined, options: Wanted) => {
        const signals = onSignals()
        const failed = await onGround(
          options,
          async (ground) => {
            const actor = await actorWhoMay(ground, options.as, 'write_lists')
            let failed = 0
            for (const list of wanted(ground, name)) {
              if (signals.stopping.aborted) break
              if (!(await fetchOne(ground, list, { actor, signal: signals.stopping, ...options }))) failed += 1
            }
            return failed
          },
          { begin: true },
        )
        return failed === 0 && !signals.stopping.aborted ? fine : trouble
      }),
    )
}

function wanted({ config }: Ground, name: string | undefined): readonly ConfiguredList[] {
  const all = configuredLists(config)
  if (all.length === 0) throw usage('the configuration names no list under `lists:`; docs/operating/lists.md says how')
  if (name === undefined) return all.filter(({ policy }) => policy.enabled)
  const found = all.filter(({ id }) => id === name)
  if (found.length === 0)
    throw usage(`the configuration names no list "${name}"; it names ${all.map(({ id }) => id).join(', ')}`)
  return found
}

async function fetchOne(
  ground: Ground,
  list: ConfiguredList,
  { anew, json, ...options }: Pick<Wanted, 'anew' | 'json'> & Pick<Parameters<typeof syncList>[2], 'actor' | 'signal'>,
): Promise<boolean> {
  const progress = openSyncProgress(list.id, openTerminal())
  try {
    const { environment } = ground.config
    const told = progress.told
    const outcome = await syncList(ground, list, { ...options, environment, anew: anew ?? false, onProgress: told })
    progress.end()
    if (json) console.log(JSON.stringify(outcome))
    else tell(outcome)
    return true
  } catch (error) {
    progress.end()
    if (!(error instanceof Fault)) throw error
    if (json) console.log(JSON.stringify({ listId: list.id, trouble: error.message }))
    else console.error(`${list.id}: ${wordsOf(error)}`)
    return false
  }
}

function tell({ listId, puts, removes, met, rejected, videos, otherKinds, tookMs }: SyncOutcome): void {
  const seconds = Math.max(0.1, tookMs / 1000)
  const pace = `${seconds.toFixed(1)} s, ${Math.round(met / seconds).toLocaleString('en')} entries/s`
  // Of what came nobody knows here whether the list held it already: a source also tells of deletions of what was never here.
  console.log(
    `${listId}: ${counted(puts, 'entry', 'entries')} taken in, ${counted(removes, 'deletion')} followed (${pace}).`,
  )
  if (rejected > 0)
    console.log(`  ${counted(rejected, 'fingerprint')} could not be taken: wardline lists rejected ${listId}`)
  if (videos + otherKinds > 0)
    console.log(
      `  Passed over: ${counted(videos, 'video')}, ${counted(otherKinds, 'fingerprint')} of kinds that nothing here compares yet.`,
    )
}
