// A bar on the terminal: files, MB/s, time left. Drawn on stderr, so that results can go into a file.
import { systemClock } from '@wardline/server/base'
import { Presets, SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'
import { walk } from './walk.ts'

export interface Progress {
  /** One more file of so many bytes is done, looked at or passed over. */
  done(sizeBytes: number): void
  /** Runs `write` with the bar out of the way. */
  beside(write: () => void): void
  end(): void
}

const silent: Progress = { done: () => {}, beside: (write) => write(), end: () => {} }

/** Counts what lies under the paths first, for the time left; where nobody watches nothing is counted or drawn. */
export async function openProgress(paths: readonly string[], { bar: stream }: Terminal): Promise<Progress> {
  if (!stream) return silent
  const total = { files: 0, bytes: 0 }
  for await (const found of walk(paths)) {
    if (found.kind !== 'file') continue
    total.files += 1
    total.bytes += found.sizeBytes
  }
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {value}/{total} files  {speed} MB/s  {left} left',
      clearOnComplete: true,
      hideCursor: false,
      fps: 8,
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  const since = systemClock.now()
  let bytes = 0
  bar.start(total.files, 0, pace(0, 0, total.bytes))
  return {
    done: (sizeBytes) => {
      bytes += sizeBytes
      bar.increment(1, pace(bytes, systemClock.now() - since, total.bytes))
    },
    beside: (write) => {
      stream.write('\r\u001b[K')
      write()
    },
    end: () => bar.stop(),
  }
}

/** Time left goes by bytes: a thousand thumbnails take less than one photograph. */
export function pace(bytes: number, passedMs: number, totalBytes: number): { speed: string; left: string } {
  const perMs = passedMs > 0 ? bytes / passedMs : 0
  const speed = ((perMs * 1000) / 1e6).toFixed(1)
  if (perMs === 0) return { speed, left: '?' }
  const seconds = Math.ceil(Math.max(0, totalBytes - bytes) / perMs / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return { speed, left: parts.map((part) => String(part).padStart(2, '0')).join(':') }
}
