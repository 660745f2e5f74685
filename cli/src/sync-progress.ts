// How far a sync is: a bar for who watches, a line every few seconds for who reads later.
import { systemClock } from '@wardline/server/base'
import type { Progress } from '@wardline/server/lists'
import { Presets, SingleBar } from 'cli-progress'
import type { Terminal } from './offline/terminal.ts'

export interface SyncProgress {
  readonly told: (progress: Progress) => void
  end(): void
}

const lineEveryMs = 10_000

export function openSyncProgress(list: string, terminal: Terminal): SyncProgress {
  const began = systemClock.now()
  let startedAt: number | undefined
  const figures = (progress: Progress) => {
    startedAt ??= progress.currentTo ?? undefined
    return figuresOf(progress, { began, startedAt, now: systemClock.now() })
  }
  if (terminal.bar === undefined) {
    let said = began
    return {
      told: (progress) => {
        const now = systemClock.now()
        if (now - said < lineEveryMs) return
        said = now
        const { entries, rate, range, left } = figures(progress)
        terminal.err(`${list}: ${entries} entries, ${rate}/s, ${range}, ${left} left`)
      },
      end: () => {},
    }
  }
  const bar = new SingleBar(
    {
      stream: terminal.bar,
      format: `${list} {bar} {entries} entries  {rate}/s  {range}  {left} left`,
      clearOnComplete: true,
      hideCursor: false,
      fps: 8,
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  bar.start(100, 0, { entries: '0', rate: '0', range: '', left: '?' })
  return {
    told: (progress) => {
      const { share, ...shown } = figures(progress)
      bar.update(Math.floor(share * 100), shown)
    },
    end: () => bar.stop(),
  }
}

interface Figures {
  readonly entries: string
  readonly rate: string
  /** The time that is being read, in days. */
  readonly range: string
  readonly left: string
  /** 0..1 */
  readonly share: number
}

/** Nobody knows how many entries there are: time left goes by the range where it says how many it holds, else by the calendar. */
function figuresOf(
  { met, range, expected, inRange, currentTo }: Progress,
  { began, startedAt, now }: { readonly began: number; readonly startedAt: number | undefined; readonly now: number },
): Figures {
  const seconds = Math.max(0.001, (now - began) / 1000)
  const perSecond = met / seconds
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const within = expected === undefined || expected === 0 ? undefined : Math.min(1, inRange / expected)
  const calendar =
    startedAt === undefined || currentTo === null ? 0 : (currentTo - startedAt) / Math.max(1, now - startedAt)
  const last = range === undefined || now - range.toMs < 60_000
  const share = last && within !== undefined ? within : Math.min(1, Math.max(0, calendar))
  return {
    entries: met.toLocaleString('en'),
    rate: Math.round(perSecond).toLocaleString('en'),
    range: range === undefined ? 'nothing more to ask for' : `${day(range.fromMs)} to ${day(range.toMs)}`,
    left: share > 0.01 ? duration((seconds / share) * (1 - share)) : '?',
    share,
  }
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
