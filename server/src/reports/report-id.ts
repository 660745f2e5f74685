// A report's id says its environment aloud, wherever it is copied to: `report_sandbox_01kb3v...`.
import { type Clock, type Environment, environments, Fault, type Id, newId } from '#base'

/** Ids sort by time within an environment, and an instance has one. */
export function newReportId(environment: Environment, clock: Clock): Id<'report'> {
  return `report_${environment}_${newId('report', clock).slice('report_'.length)}`
}

/** Undefined for an id of before, which says nothing. */
function environmentOf(reportId: string): Environment | undefined {
  return environments.find((one) => reportId.startsWith(`report_${one}_`))
}

/** At the journal and at the wire. Fault `environment_mixed` when row, id and instance do not name one environment. */
export function refuseMixed(row: { readonly id: string; readonly environment: string }, environment: Environment) {
  if (row.environment !== environment || (environmentOf(row.id) ?? environment) !== environment)
    throw new Fault('environment_mixed', 'a report of another environment is not filed from here', { retry: 'never' })
}
