// What every listing of cases and reports says of where they go: a trial must never be mistaken for a report, nor the other way round.
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '@wardline/server/base'
import { tint } from './tint.ts'

export function environmentLine(environment: Environment): string {
  return isProduction(environment)
    ? 'The environment is production: what is found is reported to NCMEC.'
    : tint('yellow', `The environment is "${environment}": ${NOTHING_IS_REPORTED}.`)
}
