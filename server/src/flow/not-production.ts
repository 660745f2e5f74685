// A real find in an instance that reports nothing to NCMEC: it is never filed there.
import { Fault, isProduction } from '#base'
import type { CaseRecord } from '#cases'
import type { Desk } from './river.ts'

export function refuseRealOutsideProduction(river: Desk, found: CaseRecord): void {
  if (isRealOutsideProduction(river, found)) throw new Fault('not_production', notProduction(river), { retry: 'never' })
}

/** Filed in the sandbox or at NCMEC's test host, a real find would look reported and help nobody. */
export function isRealOutsideProduction({ environment }: Desk, { files }: CaseRecord): boolean {
  if (isProduction(environment)) return false
  return !files.every((file) => file.grounds.every((ground) => ground.class === 'test'))
}

export const notProduction = ({ environment }: Desk) =>
  `this case holds a match that is not a test, and this instance is "${environment}", which reports nothing to NCMEC; ` +
  'import the list into a production instance and scan the file there'
