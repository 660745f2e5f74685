// What may have become of a notice, by what was drawn for its report: every fate implies its ends.
import type { Tables } from '#db'
import { giveUpMs, hourMs, type Simulated } from './notices-model.ts'

/** Of one that somebody is to be told by; undefined: as it may be. `waits`: it waits for something that is so. */
export function oddEnd(
  notice: Tables['notices'],
  { fate, platformSays }: Simulated,
  { waits, undoneAt, now }: { readonly waits: boolean; readonly undoneAt: number; readonly now: number },
): string | undefined {
  const { state, channel, reason, changed_at, sent_at, tried_since, release } = notice
  const odd = `${channel}, ${fate}, the platform says ${platformSays}: "${state}" (${reason})`
  const may = (fits: boolean) => (fits ? undefined : odd)
  if (state === 'not_sent') return may(reason === 'repaired' && undoneAt <= changed_at)
  // Looked at every hour, but for what has no job before a person releases it, or is with the platform's webhook.
  if (now - undoneAt > 2 * hourMs && state === 'waiting') return may(release !== null)
  if (state === 'waiting' || (state === 'sending' && channel === 'smtp')) return may(waits || notice.attempts > 0)
  switch (channel) {
    case 'smtp':
      if (fate === 'refused') return may(state === 'dead' && reason?.startsWith('550') === true)
      if (fate === 'bounces')
        return may(state === 'dead' ? reason === 'bounced: 5.1.1' : now - (sent_at ?? 0) <= 4 * hourMs)
      return may(state === 'sent')
    case 'webhook':
      return may(state === 'sent' || (state === 'sending' && now - changed_at < 12 * hourMs))
    case 'pull':
      if (state === 'sending')
        return may(now - (tried_since ?? 0) < (platformSays === 'nothing' ? giveUpMs + 2 * hourMs : hourMs))
      if (platformSays === 'delivered') return may(state === 'sent')
      if (platformSays === 'undeliverable') return may(state === 'dead' && reason?.includes('cannot deliver') === true)
      return may(state === 'dead' && reason?.includes('never said') === true)
  }
}

/** Nothing else would ever move it. What the platform's webhook carries has its end from there, and what a person releases its job. */
export const needsJob = ({ state, channel, release }: Tables['notices']): boolean =>
  (state === 'waiting' && release === null) || (state === 'sending' && channel !== 'webhook')
