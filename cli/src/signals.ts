// SIGTERM and Ctrl-C: the first one asks to end in good order, the second one ends at once.

export interface Signals {
  /** Resolves at the first signal. */
  readonly first: Promise<void>
  /** Aborted from the first signal on. */
  readonly stopping: AbortSignal
}

/** 128 + the signal's number, as shells have it. */
const exits = { SIGINT: 130, SIGTERM: 143 } as const

export function onSignals(): Signals {
  const controller = new AbortController()
  const first = new Promise<void>((resolve) => {
    const heard = (signal: NodeJS.Signals) => {
      if (controller.signal.aborted) process.exit(exits[signal as keyof typeof exits] ?? 1)
      controller.abort()
      resolve()
    }
    process.on('SIGINT', heard)
    process.on('SIGTERM', heard)
  })
  return { first, stopping: controller.signal }
}
