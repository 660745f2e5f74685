// SIGTERM and Ctrl-C: the first one asks to end in good order, the second one ends at once.
import { atClosedOutput } from './output.ts'

export interface Signals {
  /** Resolves at the first signal. */
  readonly first: Promise<void>
  /** Aborted from the first signal on. */
  readonly stopping: AbortSignal
}

/** 128 + the signal's number, as shells have it. */
const exits = { SIGINT: 130, SIGTERM: 143 } as const

/** `orClosedOutput`: that nobody reads standard output any more asks to end as well. */
export function onSignals({ orClosedOutput = false }: { readonly orClosedOutput?: boolean } = {}): Signals {
  const controller = new AbortController()
  const first = new Promise<void>((resolve) => {
    const heard = (signal: NodeJS.Signals) => {
      if (controller.signal.aborted) process.exit(exits[signal as keyof typeof exits] ?? 1)
      controller.abort()
      resolve()
    }
    process.on('SIGINT', heard)
    process.on('SIGTERM', heard)
    // `| head` has seen enough: as good as a first signal, however often it is noticed.
    if (orClosedOutput)
      atClosedOutput(() => {
        controller.abort()
        resolve()
      })
  })
  return { first, stopping: controller.signal }
}
