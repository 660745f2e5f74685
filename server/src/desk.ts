// The desk at which people act on cases and reports, by HTTP or at a terminal, with or without a server running.

import { type Config, configuredLists } from '#config'
import type { Desk } from '#flow'
import type { DecodersSettings } from '#hash'
import { reportSettings } from '#reports'
import type { WebhookSettings } from '#webhooks'
import type { Ground } from './ground.ts'
import { noticePolicy } from './notice-policy.ts'

const secondMs = 1_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** `wake`: told when something new was committed; a command line leaves that to the server's own looking. */
export function openDesk({ config, database, clock, log, vault, logbook }: Ground, wake: () => void = () => {}): Desk {
  const { environment, rules, cybertip, evidence } = config
  return {
    environment,
    database,
    clock,
    log,
    vault,
    rules: {
      environment,
      perceptual: rules.perceptual,
      reportWithinBits: rules.reportWithinBits,
      reportQuality: rules.reportQuality,
      off: rules.off,
      fastSurfaces: rules.fastSurfaces,
      settleMs: rules.settleSeconds * secondMs,
      breaker: { accounts: rules.breaker.accounts, windowMs: rules.breaker.hours * hourMs },
      actionability: { floor: rules.actionability.floor, waitMs: rules.actionability.waitHours * hourMs },
      dismissedKeepMs: evidence.dismissedKeepDays * dayMs,
    },
    reports: {
      ...reportSettings(environment, cybertip),
      industryHashSharingMou: config.reports.industryHashSharingMou,
    },
    lookUp: lookUpOf(config),
    hearings: {
      withinMs: config.appeals.withinDays * dayMs,
      hearingMs: config.appeals.hearingDays * dayMs,
      secondLook: config.appeals.secondLook,
    },
    feedback: feedbackWays(config),
    notices: noticePolicy(config),
    wake,
    logbook,
  }
}

function lookUpOf({ lookUp: { url, secret, timeoutSeconds, waitMinutes } }: Config): Desk['lookUp'] {
  if (url === undefined || secret === undefined) return undefined
  return { url, secret, timeoutMs: timeoutSeconds * secondMs, waitMs: waitMinutes * 60 * secondMs }
}

/** The platform's own endpoint; undefined: none is configured. */
export function webhooksOf({ webhooks: { url, secrets } }: Config): WebhookSettings | undefined {
  return url === undefined || secrets === undefined ? undefined : { url, secrets }
}

/** Only NCMEC's services take feedback. */
function feedbackWays(config: Config): Desk['feedback'] {
  const { environment } = config
  return new Map(
    configuredLists(config).flatMap(({ id, origin }) =>
      origin.kind === 'ncmec' ? [[id, { ...origin, environment }] as const] : [],
    ),
  )
}

/** What an image may cost, in the decoders' words. */
export function leashOf({ limits }: Config): Omit<DecodersSettings, 'log'> {
  return {
    deadlineMs: limits.decodeSeconds * 1_000,
    memoryMb: limits.decoderMemoryMb,
    maxPixels: limits.maxPixels,
    frames: limits.frames,
    framePixels: limits.framePixels,
    // What is begun is finished, which may take three times as long: at decodeSeconds the decoder would be ended.
    frameMs: Math.min(limits.frameMilliseconds, limits.decodeSeconds * 250),
  }
}
