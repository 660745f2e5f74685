// A word to the operator's own machines, as when a list grows too old: one POST, signed as Standard Webhooks has it.
import { type Clock, type Environment, isProduction, signWebhook } from '#base'
import { demandReachable, isLoopback } from './address.ts'
import { sourceFault } from './fault.ts'

export interface AlertSettings {
  readonly webhookUrl: string
  /** `whsec_` and base64. */
  readonly secret: string
}

export interface Alert {
  /** The same for each try, so that a receiver can tell a repetition. */
  readonly id: string
  readonly type:
    | 'list.stale'
    | 'list.current'
    | 'entry.set_aside'
    | 'canary.asked_for'
    | 'pause.began'
    | `${'filing' | 'report' | 'case' | 'notice' | 'appeal' | 'letters' | 'webhook' | 'repair'}.${string}`
  /** Ids of ours and dates; nothing else may stand in it. */
  readonly data: Readonly<Record<string, string | null>>
}

const patienceMs = 15_000

/** Throws a SourceFault when nobody took it. Not followed elsewhere, and what is answered is not read. */
export async function sendAlert(
  { webhookUrl, secret }: AlertSettings,
  { clock, environment }: { readonly clock: Clock; readonly environment: Environment },
  { id, type, data }: Alert,
): Promise<void> {
  const url = new URL(webhookUrl)
  if (!isProduction(environment) && !isLoopback(url.hostname))
    throw sourceFault('address_refused', 'outside production an alert goes to this machine only')
  demandReachable(url)
  const body = JSON.stringify({ type, timestamp: new Date(clock.now()).toISOString(), data: { environment, ...data } })
  const headers = signWebhook(clock, { secrets: [secret], id, body })
  let status = 0
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const response = await fetch(url, { method: 'POST', redirect: 'manual', headers, body, signal })
    await response.body?.cancel()
    status = response.status
  } catch {
    throw sourceFault('source_unreachable', 'the alert webhook does not answer')
  }
  if (status < 200 || status >= 300) throw sourceFault('source_failed', `the alert webhook did not take it (${status})`)
}
