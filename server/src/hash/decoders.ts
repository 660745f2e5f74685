// What others see of the pool of decoder processes.
import type { Log } from '#base'
import type { How } from '#extract'
import type { Leash } from './decoder.ts'
import type { FileToRead } from './file.ts'
import type { Extracted, Unopened } from './print.ts'

export interface DecodersSettings extends Leash {
  /** Processes; as many as the machine has cores if left out. */
  readonly count?: number | undefined
  /** How many callers may wait before the next is turned away; 16 a process if left out. */
  readonly waiting?: number | undefined
  /** How many bytes those who wait may hold together; one alone may always wait. 512 MB if left out. */
  readonly waitingBytes?: number | undefined
  /** Another decoder program than ours: tests bring broken ones. */
  readonly program?: string | undefined
  readonly log: Log
}

export interface Decoders {
  /** Resolves when all decoders have started or failed and one can work; else rejects with the Fault `decoder_cannot_start` or `decoders_closed`. */
  ready(): Promise<void>
  /**
   * Always answers for the image, whatever it does to its decoder. Throws a Fault only about ourselves: `decoders_busy`
   * (too many callers wait; later), `decoder_cannot_start` (later), `decoders_closed` (never).
   */
  print(bytes: Uint8Array, how?: How): Promise<Extracted>
  /**
   * The same of a file that nobody else needs the bytes of: a decoder opens it, and they never pass through this process.
   * sizeBytes: as it was last seen.
   */
  printFile(file: FileToRead & { readonly sizeBytes: number }, how?: How): Promise<Extracted | Unopened>
  /** Lets running images end, turns waiting callers away, ends the processes. */
  close(): Promise<void>
}
