// The pipe that tasks come through into a decoder process: four bytes for how long its words are, the words, the bytes of its image.
import { Socket } from 'node:net'
import type { Task } from './words.ts'

const PIPE = 4

/** What is small passes through here; the rest of what is larger is read to where it belongs. */
const BASIN_BYTES = 64 * 1024

const LENGTH_BYTES = 4

/** What goes before the bytes of an image. */
export function headOf(task: Task): Buffer {
  const words = Buffer.from(JSON.stringify(task))
  const head = Buffer.allocUnsafe(LENGTH_BYTES + words.length)
  head.writeUInt32LE(words.length)
  words.copy(head, LENGTH_BYTES)
  return head
}

/**
 * `take` gets each task as soon as the bytes of its image are there: none without one. As a socket and not as a file: a file
 * would be read by another thread, which costs more than to copy the bytes once.
 */
export function openInlet(take: (task: Task, bytes: Uint8Array) => void, ended: () => void): void {
  const basin = Buffer.allocUnsafeSlow(BASIN_BYTES)
  let task: Task | undefined
  let isLength = true
  /** What comes next, and how much of it is there. */
  let wanted = Buffer.allocUnsafe(LENGTH_BYTES)
  let at = 0
  const want = (sizeBytes: number) => {
    wanted = Buffer.allocUnsafeSlow(sizeBytes)
    at = 0
  }

  /** `wanted` is there. */
  const turn = () => {
    if (isLength) {
      isLength = false
      return want(wanted.readUInt32LE())
    }
    if (!task) {
      // Of our own parent, who is believed.
      const told: Task = JSON.parse(wanted.toString())
      task = told
      return want(told.kind === 'image' ? told.sizeBytes : 0)
    }
    const [whole, bytes] = [task, wanted]
    task = undefined
    isLength = true
    want(LENGTH_BYTES)
    take(whole, bytes)
  }

  const pour = (bytes: Buffer) => {
    for (let from = 0; from < bytes.byteLength; ) {
      const size = bytes.copy(wanted, at, from)
      from += size
      at += size
      while (at === wanted.byteLength) turn()
    }
  }

  const pipe = new Socket({
    fd: PIPE,
    onread: {
      buffer: () => (wanted.byteLength - at > BASIN_BYTES ? wanted.subarray(at) : basin),
      callback: (count, buffer) => {
        if (buffer === basin) pour(basin.subarray(0, count))
        else {
          at += count
          while (at === wanted.byteLength) turn()
        }
        return true
      },
    },
  })
  pipe.on('error', ended).on('close', ended).resume()
}
