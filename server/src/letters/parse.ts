// A mail's bytes into text and header words, under limits of memory and time: a mail that breaks the parser is unreadable, and the
// server goes on.
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { limits } from './limits.ts'
import type { TextPart } from './structure.ts'

export interface ToParse {
  readonly header: Uint8Array
  readonly texts: readonly (TextPart & { readonly bytes: Uint8Array })[]
  /** Of a report about delivery. */
  readonly status?: Uint8Array | undefined
}

const parsed = z.strictObject({
  from: z.string().nullable(),
  subject: z.string(),
  messageId: z.string().nullable(),
  date: z.string().nullable(),
  /** Every address that a field names to which it was sent. */
  recipients: z.array(z.string()),
  /** Fields by which a machine's mail is known. */
  marks: z.record(z.string(), z.string().nullable()),
  words: z.string(),
  status: z.string().nullable(),
})
export type Parsed = z.infer<typeof parsed>

export interface Parser extends AsyncDisposable {
  /** Undefined: it cannot be read. Never rejects. One at a time. */
  parse(mail: ToParse): Promise<Parsed | undefined>
}

/** One thread for many mails; a new one after each that it did not survive. */
export function openParser({ parseMs = limits.parseMs }: { readonly parseMs?: number } = {}): Parser {
  let thread: Worker | undefined
  const end = async () => {
    const ending = thread
    thread = undefined
    await ending?.terminate()
  }
  return {
    parse: async (mail) => {
      thread ??= new Worker(new URL('./parse-thread.ts', import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: limits.parseMegabytes, maxYoungGenerationSizeMb: 32 },
        // What a broken mail makes a library print is nobody's.
        stdout: true,
        stderr: true,
      })
      const answer = await answerOf(thread, mail, parseMs)
      const { success, data } = parsed.safeParse(answer)
      if (success) return data
      await end()
      return undefined
    },
    [Symbol.asyncDispose]: end,
  }
}

function answerOf(thread: Worker, mail: ToParse, parseMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const done = (answer?: unknown) => {
      clearTimeout(timer)
      thread.off('message', done).off('error', lost).off('exit', lost)
      resolve(answer)
    }
    const lost = () => done()
    const timer = setTimeout(lost, parseMs)
    thread.on('message', done).on('error', lost).on('exit', lost)
    thread.postMessage(mail)
  })
}
