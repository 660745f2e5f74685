// Appends to this process's own file, synced before the caller goes on: two servers on one folder never write into one file.
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Environment, Fault, newId } from '#base'
import { makeFolder, syncFolder, type Vault } from '#vault'
import { type Line, writeLine } from './line.ts'
import { forgetOldLogs, type Logbooks, readLogbook } from './read.ts'

export type Entry = Omit<Line, 'at' | 'environment'>

export interface Logbook {
  /**
   * When it resolves the line survives a power cut. Fault `logbook_unwritable`, to be tried again later: what cannot be written down here must
   * not be begun outside.
   */
  write(entry: Entry): Promise<void>
  /** The last `*_begun` that this process wrote; whoever holds the database can see whether it still knows of it. */
  lastBegun(): Line | undefined
  /** Every process's lines, see `readLogbook`. */
  read(): Promise<Logbooks>
  /** Removes files of long ago, see `forgetOldLogs`. */
  forget(): Promise<void>
  close(): Promise<void>
}

export function openLogbook({
  folder,
  vault,
  environment,
  clock,
}: {
  /** The vault's. */
  readonly folder: string
  readonly vault: Pick<Vault, 'keyed'>
  readonly environment: Environment
  readonly clock: Clock
}): Logbook {
  let handle: FileHandle | undefined
  let day = ''
  let tie = ''
  let lastBegun: Line | undefined
  let waiting: { readonly entry: Line; readonly done: () => void; readonly failed: (cause: unknown) => void }[] = []
  let writing: Promise<void> | undefined

  const put = async (entries: readonly Line[]) => {
    try {
      const today = dayOf(clock)
      if (handle === undefined || day !== today) {
        await handle?.close()
        handle = undefined
        handle = await begin(folder, clock)
        day = today
        tie = ''
      }
      let text = ''
      for (const entry of entries) {
        const written = writeLine(vault, tie, entry)
        text += written.text
        tie = written.tie
      }
      await handle.appendFile(text)
      // One sync for all who wait.
      await handle.datasync()
    } catch (cause) {
      // Half a line may stand there: this file is over, and the next line begins another one.
      await handle?.close().catch(() => {})
      handle = undefined
      throw cause
    }
  }
  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await put(batch.map(({ entry }) => entry)).then(
        () => batch.map(({ done }) => done()),
        (cause: unknown) => batch.map(({ failed }) => failed(cause)),
      )
    }
    writing = undefined
  }
  return {
    write: async (entry) => {
      const whole: Line = { ...entry, at: clock.now(), environment }
      const written = new Promise<void>((done, failed) => waiting.push({ entry: whole, done, failed }))
      writing ??= flush()
      await written.catch((cause: unknown) => {
        throw unwritable(cause)
      })
      if (whole.what.endsWith('_begun')) lastBegun = whole
    },
    lastBegun: () => lastBegun,
    read: () => readLogbook({ folder, vault }),
    forget: () => forgetOldLogs(folder, clock),
    close: async () => {
      await writing
      await handle?.close()
      handle = undefined
    },
  }
}

/** A file holds one day, so that its name tells how old it is. */
const dayOf = (clock: Clock): string => new Date(clock.now()).toISOString().slice(0, 10)

async function begin(folder: string, clock: Clock): Promise<FileHandle> {
  const logs = join(folder, 'logbook')
  await makeFolder(logs)
  const handle = await open(join(logs, `${dayOf(clock)}.${newId('log', clock)}.jsonl`), 'ax', 0o600)
  // Its name, too, must survive a power cut.
  await syncFolder(logs)
  return handle
}

function unwritable(cause: unknown): Fault {
  const code = String(Object(cause).code ?? 'unknown')
  return new Fault(
    'logbook_unwritable',
    `the logbook in the vault's folder cannot be written (${code}), and nothing is sent without it: make room, check its owner`,
    { retry: 'later', cause },
  )
}
