// `wardline demo`: the whole river in ten seconds, with everything it needs inside: from an upload to a receipt, a notice and a heard appeal.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyTrail } from '@wardline/server/audit'
import { systemClock } from '@wardline/server/base'
import { Command } from 'commander'
import { type Album, drawAlbum } from '../demo/album.ts'
import { distances } from '../demo/distances.ts'
import { listOriginals } from '../demo/list.ts'
import { object, type Step } from '../demo/objection.ts'
import { outcomes, type Sent, shortcomings } from '../demo/outcome.ts'
import { openProgress } from '../demo/progress.ts'
import { writeReceipts } from '../demo/receipts.ts'
import { send } from '../demo/send.ts'
import { invitation, nothing, objections, opening, places, results, trail } from '../demo/telling.ts'
import { type DemoWorld, openDemoWorld } from '../demo/world.ts'
import { type Exit, ending, fine, found } from '../exit.ts'
import { onSignals, type Signals } from '../signals.ts'
import { tint } from '../tint.ts'

interface Options {
  readonly exit?: boolean
  readonly keep?: boolean
}

/** A slow machine may need a while; a demo that shows nothing for longer than this is broken. */
const patienceMs = 30_000

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'watch drawn pictures go from an upload to a receipt, a notice and an appeal; needs nothing, reports nothing',
    )
    .option(
      '--exit',
      'end when all is shown: 0 if every verdict, report, notice and the appeal was as it must be, else 1',
    )
    .option('--keep', 'leave the folder with receipts, album and log behind')
    .action(ending(demo))
}

async function demo({ exit = false, keep = false }: Options): Promise<Exit> {
  const signals = onSignals({ orClosedOutput: true })
  say(opening())
  const { folder, code } = await show({ exit, keep }, signals)
  say(['', keep ? `Left behind: ${folder}` : 'Ended; the temporary folder is removed.', nothing()])
  return code
}

/** All that stood up has been taken down again when this resolves. */
async function show(
  { exit, keep }: { readonly exit: boolean; readonly keep: boolean },
  { first, stopping }: Signals,
): Promise<{ folder: string; code: Exit }> {
  const album = await drawAlbum()
  await using world = await openDemoWorld({ keep })
  const { folder } = world
  const entries = await listOriginals(world.wardline, album.originals)
  say([`${album.originals.length} drawings are on a list of class "test" (${entries} entries).`])

  const sent = await uploadAll(world, album, stopping)
  const wrong = await settled(world, sent, stopping)
  if (stopping.aborted) return interrupted(folder)
  const { ground, url } = world.wardline
  say(results(outcomes(world, sent), await distances({ url, key: world.key })))
  if (wrong.length === 0) wrong.push(...(await objected(world, stopping)))
  if (stopping.aborted) return interrupted(folder)
  say(places(world, await writeReceipts(ground, world.folder)))
  say([trail(await verifyTrail(ground.database.read))])
  say(wrong.map((words) => tint('red', `NOT AS IT MUST BE: ${words}`)))
  if (!exit) {
    say([...invitation(world), `${nothing()} Everything stays up until you press Ctrl-C.`])
    await first
  }
  return { folder, code: wrong.length === 0 ? fine : found }
}

function interrupted(folder: string): { folder: string; code: Exit } {
  say(['Interrupted before all was shown.'])
  return { folder, code: found }
}

async function uploadAll(world: DemoWorld, album: Album, stopping: AbortSignal): Promise<Sent[]> {
  const progress = openProgress(album.uploads.reduce((sum, { images }) => sum + images.length, 0))
  const sent: Sent[] = []
  try {
    for (const upload of album.uploads) {
      if (stopping.aborted) break
      for (const { fileName, bytes } of upload.images) await writeFile(join(world.folder, 'album', fileName), bytes)
      const verdicts = await send({ url: world.wardline.url, key: world.key }, upload)
      sent.push({ upload, verdicts })
      const sizeBytes = upload.images.reduce((sum, { bytes }) => sum + bytes.length, 0)
      progress.add(upload.images.length, sizeBytes, `${upload.by} uploaded ${upload.images.length} pictures`)
    }
  } finally {
    progress.stop()
  }
  return sent
}

/** Reports are filed and notices sent by the server's own jobs; all there is to do is to look. */
async function settled(world: DemoWorld, sent: readonly Sent[], stopping: AbortSignal): Promise<string[]> {
  const until = systemClock.now() + patienceMs
  for (;;) {
    const wrong = shortcomings(world, sent)
    if (wrong.length === 0 || systemClock.now() > until || stopping.aborted) return wrong
    await systemClock.wait(25, stopping)
  }
}

/** What did not come of it, in words. */
async function objected(world: DemoWorld, stopping: AbortSignal): Promise<string[]> {
  const steps: Step[] = []
  try {
    await object({ world, stopping, until: systemClock.now() + patienceMs }, steps)
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    say(objections(steps))
  }
}

const say = (lines: readonly string[]): void => {
  for (const line of lines) console.log(line)
}
