// Tries the platform's endpoint with an event that says nothing, so that a mistake is found before a real one is lost on it.
import { randomBytes } from 'node:crypto'
import { type Clock, type Environment, newId } from '#base'
import { type PostOutcome, post, type WebhookSettings } from './post.ts'

export interface Probe {
  /** forged: signed with a secret that nobody has; a receiver that takes it would believe anybody. */
  readonly signedWith: 'all' | 'first' | 'second' | 'forged'
  readonly outcome: PostOutcome
  /** Whether it is as it must be. */
  readonly ok: boolean
}

/** An event of type `webhook.test`, four times at most: with every secret, with each alone, and with none of them. */
export async function probeEndpoint(
  { url, secrets }: WebhookSettings,
  outside: { readonly clock: Clock; readonly environment: Environment },
): Promise<readonly Probe[]> {
  const { clock, environment } = outside
  const forged = `whsec_${randomBytes(32).toString('base64')}`
  const alone = secrets.length < 2 ? [] : (['first', 'second'] as const)
  const tries = [
    { signedWith: 'all' as const, secrets },
    ...alone.map((signedWith, place) => ({ signedWith, secrets: secrets.slice(place, place + 1) })),
    { signedWith: 'forged' as const, secrets: [forged] },
  ]
  const probes: Probe[] = []
  for (const { signedWith, secrets: these } of tries) {
    const id = newId('hook', clock)
    const timestamp = new Date(clock.now()).toISOString()
    const body = JSON.stringify({ id, type: 'webhook.test', timestamp, environment, isTest: true, data: {} })
    const outcome = await post({ url, secrets: these }, outside, { id, body })
    probes.push({ signedWith, outcome, ok: isAsItMust(signedWith, outcome) })
  }
  return probes
}

/** Of one secret alone either answer may be right: a receiver may not know the new one yet, or not the old one any more. */
function isAsItMust(signedWith: Probe['signedWith'], { kind, ...rest }: PostOutcome): boolean {
  if (signedWith === 'all') return kind === 'taken'
  // Refused, and not merely unreachable.
  if (signedWith === 'forged') return kind === 'not_taken' && rest.status !== null
  return true
}
