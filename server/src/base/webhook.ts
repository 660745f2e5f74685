// How a word of ours to the operator's own machines is signed, so that they can tell that it is ours: Standard Webhooks.
import { createHmac } from 'node:crypto'
import type { Clock } from './clock.ts'

/** secrets: each `whsec_` and base64, and each gives a signature. id: the same for each try, so that a receiver can tell a repetition. */
export function signWebhook(
  clock: Clock,
  { secrets, id, body }: { readonly secrets: readonly string[]; readonly id: string; readonly body: string },
): Readonly<Record<'content-type' | 'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const seconds = Math.floor(clock.now() / 1000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
  })
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  }
}
