// How far the upload is: a bar on a terminal, a line an upload elsewhere.
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** So many images and bytes more are through. */
  add(images: number, sizeBytes: number, words: string): void
  stop(): void
}

export function openProgress(images: number): Progress {
  if (!process.stdout.isTTY) return { add: (_images, _size, words) => console.log(words), stop: () => {} }
  const bar = new SingleBar({
    stream: process.stdout,
    format: 'Uploading {bar} {value} of {total} pictures, {megabytes} MB',
    barsize: 28,
    barCompleteChar: '━',
    barIncompleteChar: '·',
    hideCursor: true,
    gracefulExit: false,
  })
  let through = 0
  bar.start(images, 0, { megabytes: '0.0' })
  return {
    add: (more, sizeBytes) => {
      through += sizeBytes
      bar.increment(more, { megabytes: (through / 1e6).toFixed(1) })
    },
    stop: () => bar.stop(),
  }
}
