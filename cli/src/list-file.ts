// A hash list's file, as somebody named it: opened only when it can be a list at all.
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Fault } from '@wardline/server/base'

/** Its text in pieces. Fault `list_unreadable` for a folder and for what is no text; what the system refuses is thrown as it is. */
export async function openListFile(file: string): Promise<AsyncIterable<string>> {
  const found = await stat(file)
  if (found.isDirectory()) throw unreadable(`${file} is a folder, and a list is a file`)
  // A pipe can be read only once, and so is not tried.
  if (found.isFile() && (await looksBinary(file)))
    throw unreadable(`${file} is no list: it holds something other than UTF-8 text`)
  return createReadStream(file, 'utf8')
}

/** No text of ours holds a zero byte; images, archives, databases and UTF-16 do, near their beginning. */
async function looksBinary(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(4096), position: 0 })
    return buffer.subarray(0, bytesRead).includes(0)
  } finally {
    await handle.close()
  }
}

function unreadable(words: string): Fault<'list_unreadable'> {
  return new Fault('list_unreadable', words, { retry: 'never' })
}
