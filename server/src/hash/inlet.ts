// The pipe that the bytes of images come through into a decoder process, one after the other without anything between them.
import { Socket } from 'node:net'

const PIPE = 4

/** As much as a pipe holds on Linux. */
const BASIN_BYTES = 256 * 1024

interface Expected {
  readonly bytes: Buffer
  /** How many of them are there. */
  at: number
  readonly resolve: (bytes: Uint8Array) => void
}

/**
 * Gives the next `sizeBytes` of the pipe; to be called in the order of the images, also before the last one is there. As a
 * socket and not as a file: a file would be read by another thread, which costs more than to copy the bytes once.
 */
export function openInlet(ended: () => void): (sizeBytes: number) => Promise<Uint8Array> {
  const basin = Buffer.allocUnsafeSlow(BASIN_BYTES)
  const expected: Expected[] = []
  /** Of an image whose size is not known yet: it and the bytes come by two ways. */
  let rest = basin.subarray(0, 0)

  const pour = () => {
    for (let [next] = expected; next; [next] = expected) {
      const size = rest.copy(next.bytes, next.at)
      next.at += size
      rest = rest.subarray(size)
      if (next.at < next.bytes.byteLength) return
      expected.shift()
      next.resolve(next.bytes)
    }
  }

  const pipe = new Socket({
    fd: PIPE,
    onread: {
      buffer: basin,
      callback: (count) => {
        rest = basin.subarray(0, count)
        pour()
        return rest.byteLength === 0
      },
    },
  })
  pipe.on('error', ended).on('close', ended).resume()

  return (sizeBytes) =>
    new Promise((resolve) => {
      expected.push({ bytes: Buffer.allocUnsafeSlow(sizeBytes), at: 0, resolve })
      pour()
      if (rest.byteLength === 0) pipe.resume()
    })
}
