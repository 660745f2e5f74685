// `wardline pause decide`: what a person says of one thing that may have gone out already, or of all that are left.
import { type IncidentType, incidentTypes } from '@wardline/api'
import { decideAll, decideCase, decideNotice, decideReport, listUncertain, noteUnknown } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { type Command, Option } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from './as-person.ts'
import { ending, fine } from './exit.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from './on-ground.ts'
import { usage } from './words.ts'

interface Deciding extends GroundOptions {
  readonly as: string
  readonly case?: string
  readonly report?: string
  readonly notice?: string
  readonly unknown?: string
  readonly rest?: 'cases' | 'reports' | 'notices' | 'unknown'
  readonly goOn?: true
  readonly told?: true
  readonly reported?: string
  readonly reason?: string
  readonly incidentType?: IncidentType
}

export function decideCommand(): Command {
  return groundCommand('decide', 'say of one thing whether it went out already')
    .option('--case <number>', 'with --go-on or --reported')
    .option('--report <id>', 'a new report that takes an earlier one back: with --go-on or --reported')
    .option('--notice <id>', 'with --go-on or --told')
    .option('--unknown <id>', 'what only the logbook knows: you have read it')
    .addOption(
      new Option('--rest <which>', 'none of those that are left went out').choices([
        'cases',
        'reports',
        'notices',
        'unknown',
      ]),
    )
    .option('--go-on', 'it did not go out: it does once the pause ends')
    .option('--reported <id>', 'it is at NCMEC already, under this id')
    .addOption(
      new Option(
        '--incident-type <type>',
        'with --reported, of a case that waited for a person to say what it is',
      ).choices(incidentTypes),
    )
    .option('--told', 'this person was told already')
    .option('--reason <text>', 'how you know; kept, sealed, with the report')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (options: Deciding) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          console.log(await said(ground, by, options))
        })
        return fine
      }),
    )
}

const kinds = { cases: 'case', reports: 'report', notices: 'notice', unknown: 'unknown' } as const

async function said(ground: Ground, by: ReturnType<typeof actorOf>, options: Deciding): Promise<string> {
  const desk = openDesk(ground)
  await listUncertain(desk)
  if (options.rest !== undefined) {
    const kind = kinds[options.rest]
    const { decided, left } = await decideAll(desk, kind, by)
    if (kind === 'unknown') return `${decided} noted.`
    const rest =
      left === 0
        ? ''
        : ` Of ${left} the logbook says that they went out, or that a finish was begun: say it of each (wardline pause show).`
    return `${decided} go on once the pause ends.${rest}`
  }
  if (options.case !== undefined) {
    const number = Number(options.case)
    if (options.reported !== undefined) {
      const { reported: remoteId, reason = '', incidentType } = options
      await decideCase(desk, number, by, { says: 'reported', remoteId, reason, incidentType })
      return `Case ${number} is reported by your word; nobody is told by itself: a notice waits for release (wardline notices list --unreleased).`
    }
    if (!options.goOn) throw usage('--case goes with --go-on or --reported ID')
    await decideCase(desk, number, by, { says: 'go_on', reason: options.reason })
    return `Case ${number} goes on once the pause ends.`
  }
  if (options.report !== undefined) {
    const { report, reported: remoteId, reason } = options
    if (remoteId !== undefined) {
      await decideReport(desk, report, by, { says: 'reported', remoteId, reason: reason ?? '' })
      return 'It is filed by your word, and not sent again; nobody is told.'
    }
    if (!options.goOn) throw usage('--report goes with --go-on or --reported ID')
    await decideReport(desk, report, by, { says: 'go_on', reason })
    return 'It is filed once the pause ends.'
  }
  if (options.notice !== undefined) {
    if (options.told === options.goOn) throw usage('--notice goes with --go-on or --told')
    await decideNotice(desk, options.notice, by, options.told ? 'told' : 'go_on')
    return options.told ? 'It is not sent again.' : 'It is sent once the pause ends.'
  }
  if (options.unknown === undefined)
    throw usage('name a --case, a --report, a --notice, an --unknown, or what is left with --rest')
  await noteUnknown(desk, options.unknown, by)
  return 'Noted.'
}
