// Asking a source that may be busy, slow or wrong for a moment: how often, and how long between.
import { type Clock, chance, systemClock } from '#base'
import { SourceFault, type SourceFaultCode, sourceFault } from '../sources/fault.ts'

/** Who asks for a longer wait gets it, but not by a process that sits and waits: the sync ends and is begun again then. */
const longestWaitMs = 120_000
const firstBackoffMs = 500

/** Whatever it is that happens. */
const mostCalls = 12

/** How often each may happen to one call before it is the call's end. What is not named is not tried again. */
const calls: Partial<Readonly<Record<SourceFaultCode, number>>> = {
  source_busy: 6,
  source_failed: 5,
  source_unreachable: 5,
  source_not_ready: 4,
  answer_odd: 3,
  source_odd: 2,
  next_refused: 2,
  source_slow: 2,
}

export interface Timed<T> {
  readonly value: T
  readonly tookMs: number
}

/** `except`: faults that the caller answers by asking for something else. */
export async function patiently<T>(
  clock: Clock,
  signal: AbortSignal,
  call: () => Promise<T>,
  except: readonly SourceFaultCode[] = [],
): Promise<Timed<T>> {
  const met = new Map<SourceFaultCode, number>()
  for (let made = 1; ; made += 1) {
    // Real time: it measures the source, which a still clock does not hold.
    const began = systemClock.now()
    try {
      return { value: await call(), tookMs: systemClock.now() - began }
    } catch (error) {
      if (signal.aborted || !(error instanceof SourceFault) || except.includes(error.code)) throw error
      const askedMs = error.retryAfterMs ?? 0
      const times = (met.get(error.code) ?? 0) + 1
      met.set(error.code, times)
      if (made >= mostCalls || times >= (calls[error.code] ?? 1) || askedMs > longestWaitMs) throw error
      const backoffMs = firstBackoffMs * 2 ** (made - 1)
      await clock.wait(Math.max(askedMs, backoffMs / 2 + chance(backoffMs / 2)), signal)
      if (signal.aborted) throw sourceFault('source_unreachable', 'the call was broken off: we are stopping')
    }
  }
}
