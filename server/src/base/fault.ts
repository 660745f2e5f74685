// A fault is the world failing (a disk, a server, a key). It becomes words only at a door.

export type Retry = 'now' | 'later' | 'never' | 'ask_a_person'

/**
 * `code` is from a closed union that each folder declares for itself; `message` is safe to log: it never holds a
 * hash, a file name, an account or an address.
 */
export class Fault<Code extends string = string> extends Error {
  readonly code: Code
  readonly retry: Retry
  /** For `later`: how long to wait at least, when the other side said so. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: Code,
    message: string,
    options: { retry: Retry; cause?: unknown; retryAfterMs?: number | undefined },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.retry = options.retry
    this.retryAfterMs = options.retryAfterMs
  }
}
