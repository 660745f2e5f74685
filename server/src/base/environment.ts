// One environment per instance. Lists, credentials, report ids and mail belong to it; mixing is refused.

export const environments = ['sandbox', 'test', 'production'] as const

export type Environment = (typeof environments)[number]

/** Said by every surface outside production: a match there must never be mistaken for a report. */
export const NOTHING_IS_REPORTED = 'NOTHING IS REPORTED TO NCMEC'

export function isProduction(environment: Environment): environment is 'production' {
  return environment === 'production'
}
