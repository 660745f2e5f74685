// `wardline scan --open-cases`: a hit goes down the same river as an upload; a running server files what follows from it.
import { basename } from 'node:path'
import { openSequencer } from '@wardline/server/audit'
import { systemClock } from '@wardline/server/base'
import { openGuards, openMatching, type Scanner, scan } from '@wardline/server/flow'
import { openDecoders } from '@wardline/server/hash'
import { leashOf, openDesk, openGround } from '@wardline/server/main'
import type { Opened, Opening } from './offline/opening.ts'
import { type GroundOptions, namingKeyFile, readConfig, requireDeployment, sayTrouble } from './on-ground.ts'

/** Stands on the configuration as every command does: --config, WARDLINE_CONFIG or ./wardline.yaml, and the variables. */
export async function openCases(options: GroundOptions): Promise<Opening> {
  await using opened = new AsyncDisposableStack()
  const config = readConfig(options)
  requireDeployment(config)
  const ground = opened.use(
    await namingKeyFile(config, () =>
      openGround(config, { clock: systemClock, log: sayTrouble }, { createKey: false }),
    ),
  )
  const { environment } = config
  const decoders = openDecoders({ count: 1, ...leashOf(config), log: sayTrouble })
  opened.defer(() => decoders.close())
  const matching = openMatching({ ...ground, environment })
  opened.defer(() => matching.stop())
  await matching.refresh()
  const guards = await openGuards({ ...ground, environment })
  opened.defer(() => guards.stop())
  const river: Scanner = {
    ...openDesk(ground),
    decoders,
    matching,
    guards,
    cards: undefined,
  }
  opened.defer(() =>
    openSequencer(ground)
      .sequence()
      .then(() => {}),
  )
  const all = opened.move()
  return { open: ({ path, bytes }) => send(river, path, bytes), close: () => all.disposeAsync() }
}

async function send(river: Scanner, path: string, bytes: Uint8Array): Promise<Opened> {
  const answer = await scan(river, {
    sentBy: 'command line',
    receivedAt: river.clock.now(),
    images: [{ bytes, fileName: basename(path) }],
    context: { surface: 'other' },
  })
  if (answer.verdict === 'held') return { kind: 'held' }
  return { kind: 'not_held', why: why[answer.verdict] }
}

/** The instance's own lists decide; the list file of the command line only led there. */
const why = {
  clear: 'no list of this instance holds it: bring yours in with `wardline lists import`',
  unscannable: 'the server could not decode it',
  not_scanned: 'the rules switch scanning off for the surface "other"',
} as const
