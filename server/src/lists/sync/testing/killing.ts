// A sync is killed again and again at moments that chance picks, while its source goes on changing. What it holds whenever one
// is let through to its end must be what the source holds: nothing lost, nothing doubled, nothing kept that is gone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startHashSharing } from '@wardline/sandbox'
import { chance, systemClock } from '#base'
import type { DatabaseSettings } from '#db'
import { openVaultWorld } from '../../../vault/testing.ts'
import { countRejected } from '../store-rejected.ts'
import { ncmecOrigin, stateOf, truthOf } from '../testing.ts'
import type { ChildOrder } from './child.ts'

export interface Killings {
  readonly kills: number
  /** Every so many kills one sync is let through, and the states are compared. */
  readonly compareEvery: number
  readonly entries: number
  readonly churn: number
  readonly told?: (words: string) => void
}

const child = fileURLToPath(new URL('./child.ts', import.meta.url))
const leaseMs = 400

export interface Comparison {
  readonly expected: ReadonlyMap<string, string>
  readonly found: ReadonlyMap<string, string>
  readonly expectedRejected: number
  readonly foundRejected: number
}

/** `compare` is called with both states, each time a sync was let through. How many were killed while they were at work. */
export async function killAgainAndAgain(
  settings: DatabaseSettings,
  { kills, compareEvery, entries, churn, told = () => {} }: Killings,
  compare: (states: Comparison) => void,
): Promise<number> {
  // Behind the machine's own time, which the service's answers bear as their date.
  let aheadMs = -86_400_000
  const clock = { now: () => systemClock.now() + aheadMs, wait: systemClock.wait }
  await using server = await startHashSharing({ clock, entries, pageSize: 100, shares: { malformed: 0.01 } })
  await using world = await openVaultWorld(settings)
  const { folder, keyFile } = world
  const order = (): ChildOrder => ({ settings, folder, keyFile, origin: ncmecOrigin(server), aheadMs, leaseMs })
  let killed = 0
  // How long a sync takes is the machine's business: who was too late comes sooner the next time.
  let withinMs = 700
  for (let round = 1; round <= kills; round += 1) {
    server.churn({ adds: churn, updates: 3 * churn, deletes: churn })
    aheadMs += 10_000
    const atWork = await runAndKill(order(), chance(withinMs))
    if (atWork) killed += 1
    withinMs = Math.min(700, Math.max(2, Math.round(atWork ? withinMs * 1.25 : withinMs / 2)))
    if (round % compareEvery !== 0 && round !== kills) continue
    if (await runAndKill(order(), undefined)) throw new Error('a sync that nobody killed did not end well')
    const live = [...server.live()]
    const bad = live.filter(({ kind }) => kind === 'image').reduce((sum, { malformed }) => sum + malformed.length, 0)
    compare({
      expected: truthOf(live),
      found: await stateOf({ database: world.database, vault: world.vault }, 'fetched'),
      expectedRejected: bad,
      foundRejected: await countRejected(world.database.read, 'fetched'),
    })
    told(`${round} kills, ${killed} of them at work; ${live.length} entries, equal`)
  }
  return killed
}

/** Whether it was killed before it ended. */
async function runAndKill(order: ChildOrder, afterMs: number | undefined): Promise<boolean> {
  // VITEST keeps the sources from every real host.
  const env = { PATH: process.env['PATH'], VITEST: 'true' }
  const running = spawn(process.execPath, [child, JSON.stringify(order)], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  running.stderr.on('data', (bytes) => {
    words += bytes
  })
  const ended = once(running, 'close')
  if (afterMs !== undefined) {
    await Promise.race([once(running.stdout, 'data'), ended])
    await systemClock.wait(afterMs)
    running.kill('SIGKILL')
  } else running.stdout.resume()
  const [code, signal] = await ended
  if (code !== 0 && signal !== 'SIGKILL')
    throw new Error(`a sync ended by itself with ${code}: ${words.slice(0, 2000)}`)
  return signal === 'SIGKILL'
}
