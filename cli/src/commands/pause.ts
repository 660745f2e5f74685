// `wardline pause`: nothing goes outward until a person has looked; what may have gone out already, and what they say of it.
import { readCase } from '@wardline/server/cases'
import { listUncertain } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { beginPause, endPause, type Item, listItems, type Pause, readPause } from '@wardline/server/pause'
import { takenBackBy } from '@wardline/server/reports'
import { Command } from 'commander'
import { actorOf, actorWhoMay, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { decideCommand } from '../pause-decide.ts'
import { plain, printRows } from '../table.ts'
import { usage } from '../words.ts'

export function pauseCommand(): Command {
  return new Command('pause')
    .description('nothing is filed, told or destroyed until a person has looked; images are answered as always')
    .addCommand(show())
    .addCommand(decideCommand())
    .addCommand(end())
    .addCommand(begin())
}

function show(): Command {
  return groundCommand('show', 'is there a pause, why, and what is there to say?')
    .option('--all', 'also what was said already')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { all?: true; json?: true }) => {
        await onGround(options, async (ground) => {
          const pause = await listUncertain(openDesk(ground))
          if (pause === undefined) return console.log('There is no pause: everything goes its way.')
          if (!options.json) console.log(headOf(pause))
          const items = await everyItem(ground, pause, options.all)
          printRows(
            items,
            [
              { title: 'what', of: ({ kind }) => words[kind] },
              { title: 'which', of: ({ name }) => name },
              { title: 'the logbook knows', of: ({ told }) => told, shrinks: true },
              { title: 'said', of: ({ decision }) => decision ?? '' },
            ],
            { json: options.json, none: 'Nothing is left to say: `wardline pause end --as EMAIL --reason TEXT`.' },
          )
          if (!options.json && items.some(({ decision }) => decision === null)) console.log(howTo)
        })
        return fine
      }),
    )
}

const words = { case: 'case', report: 'new report', notice: 'notice', unknown: 'only in the logbook' } as const

const howTo = `
Look each one up at NCMEC (or ask them), then say:
  wardline pause decide --case N --reported ID --reason TEXT --as YOU    it is there already, under this id
  wardline pause decide --case N --go-on --as YOU                        it is not: it is filed once the pause ends
  wardline pause decide --report ID --reported ID --reason TEXT --as YOU a new report that takes one back: it is there already, under this id
  wardline pause decide --report ID --go-on --as YOU                     it is not: it is filed once the pause ends
  wardline pause decide --notice ID --told --as YOU                      this person was told already
  wardline pause decide --rest cases|reports|notices|unknown --as YOU    none of those that are left went out (unknown: I have read them);
                                                                         not said of one that the logbook calls finished, sent or finish begun`

function headOf({ why, beganAt, asOf, reason, listed }: Pause): string {
  const reasons = {
    restored: `a backup${asOf === null ? '' : ` of ${moment(asOf)}`} was restored`,
    database_older: 'the database is older than the logbook beside the evidence',
    by_a_person: `a person wanted it${reason === null ? '' : ` ("${plain(reason)}")`}`,
  }
  const head = `PAUSED since ${moment(beganAt)}: ${reasons[why]}. Nothing is filed, told or destroyed.`
  return listed ? head : `${head} What may have gone out already is being listed.`
}

async function everyItem({ database, vault }: Ground, { id }: Pause, all: true | undefined) {
  const shown = []
  for (const kind of ['case', 'report', 'notice', 'unknown'] as const)
    for (let after = ''; ; ) {
      const page = await listItems(database.read, { pauseId: id, kind, open: !all, after })
      for (const { subject, told, decision } of page) {
        const name = await nameOf({ database, vault }, { kind, subject })
        shown.push({ kind, subject, name, told: told === null ? '' : toldIn(told), decision })
      }
      after = page.at(-1)?.subject ?? ''
      if (page.length < 1000) break
    }
  return shown
}

type Naming = Pick<Ground, 'database' | 'vault'>

async function nameOf({ database, vault }: Naming, { kind, subject }: Pick<Item, 'kind' | 'subject'>): Promise<string> {
  if (kind === 'case') return `case ${(await readCase(database.read, vault, subject)).number}`
  if (kind !== 'report') return subject
  const earlier = await takenBackBy(database.read, subject)
  return `${subject}, takes ${earlier?.remoteId ?? earlier?.id} back`
}

function toldIn(json: string): string {
  const { last, at, remoteId } = JSON.parse(json) as { last: string; at: number; remoteId?: string }
  return `${last.replaceAll('_', ' ')} on ${moment(at)}${remoteId === undefined ? '' : `, CyberTipline id ${remoteId}`}`
}

function end(): Command {
  return groundCommand('end', 'everything goes its way again')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'what you looked at')
    .action(
      ending(async ({ as, reason, ...options }: GroundOptions & { as: string; reason: string }) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, as, 'end_pause'))
          await listUncertain(openDesk(ground))
          await ground.database.transact((tx) => endPause(tx, ground.clock, { by, reason }))
        })
        console.log('The pause is over. A running server goes on within half a minute.')
        return fine
      }),
    )
}

function begin(): Command {
  return groundCommand('begin', 'hold everything that goes outward, from now on')
    .option(...asPersonOption)
    .requiredOption('--reason <text>', 'why, for whoever finds it; kept, and shown by `pause show`')
    .action(
      ending(async ({ reason, ...options }: GroundOptions & { as?: string; reason: string }) => {
        if (reason.trim() === '') throw usage('--reason says why, for whoever finds the pause')
        await onGround(options, async (ground) => {
          const by = await actorWhoMay(ground, options.as, 'begin_pause')
          const standing = await readPause(ground.database.read)
          const { began } = await ground.database.transact((tx) =>
            beginPause(tx, ground.clock, { why: 'by_a_person', by, reason }),
          )
          console.log(
            began || standing === undefined
              ? 'Paused: what runs at this moment is finished, then nothing is filed, told or destroyed.'
              : 'There is a pause already; your reason was not kept (wardline pause show).',
          )
        })
        return fine
      }),
    )
}
