// `wardline webhooks`: how what the platform must act on goes out, and an endpoint tried with an event that says nothing.
import { type EventStanding, eventStates, eventTypes } from '@wardline/api'
import { countEvents, listEvents, type Probe, probeEndpoint, showEvent } from '@wardline/server/webhooks'
import { Command, Option } from 'commander'
import { counted } from '../counted.ts'
import { environmentLine } from '../environment-line.ts'
import { ending, fine, found } from '../exit.ts'
import { moment, momentOr } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { outward, plain, printRows } from '../table.ts'
import { tint } from '../tint.ts'
import { demandWebhook, replay } from './webhooks-replay.ts'

export function webhooksCommand(): Command {
  return new Command('webhooks')
    .description('what the platform must act on: how it goes out, and what was not taken')
    .addCommand(list())
    .addCommand(show())
    .addCommand(test())
    .addCommand(replay())
}

interface Window extends GroundOptions {
  readonly state?: EventStanding['state']
  readonly type?: EventStanding['type']
  readonly before?: string
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `events, newest first, ${page} at a time; never what they say`)
    .addOption(new Option('--state <state>', 'only these').choices(eventStates))
    .addOption(new Option('--type <type>', 'only these').choices(eventTypes))
    .option('--before <id>', 'go on below this event')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, type, before } = options
        const { events, counts, environment, isSent } = await onGround(
          options,
          async ({ database, clock, config }) => ({
            events: await listEvents(database.read, { state, type, before, limit: page }),
            counts: await countEvents(database.read, clock),
            environment: config.environment,
            isSent: config.webhooks.url !== undefined,
          }),
        )
        printRows(
          events,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: 'what', of: ({ type }) => type },
            { title: 'arose', of: ({ createdAt }) => moment(createdAt), shrinks: true },
            { title: 'tries', of: ({ attempts }) => String(attempts), align: 'right' },
            { title: 'trouble', of: ({ trouble }) => trouble ?? '', shrinks: true },
          ],
          { json: options.json, none: 'No event.' },
        )
        if (options.json) return fine
        const last = events.at(-1)
        if (last && events.length === page) console.log(`More: --before ${last.id}`)
        if (counts.given_up > 0)
          console.log(
            isSent
              ? `${counts.given_up} given up: \`wardline webhooks test\`, mend what it names, then \`wardline webhooks replay --state given_up\`. What that passes over waits for a person: \`wardline repair list\`.`
              : `${counts.given_up} given up: your platform fetches them from /v1/events, or somebody does it by hand (\`wardline repair restored\`). What it has fetched past: \`wardline webhooks replay --state given_up\`.`,
          )
        console.log(environmentLine(environment))
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'how one event went out; never what it says')
    .argument('<id>', 'as `wardline webhooks list` shows it')
    .option('--json', 'one JSON object')
    .action(
      ending(async (id: string, options: GroundOptions & { json?: true }) => {
        const event = await onGround(options, ({ database }) => showEvent(database.read, id))
        if (options.json) {
          console.log(JSON.stringify(outward(event)))
          return fine
        }
        console.log(`Event ${event.id}: ${event.state}${event.isTest ? ' (a test)' : ''}`)
        console.log(`  ${event.type}, ${moment(event.createdAt)}`)
        console.log(`  ${counted(event.attempts, 'try', 'tries')}; the last ${momentOr(event.triedAt, 'never')}`)
        if (event.endedAt !== null)
          console.log(`  ${event.state === 'delivered' ? 'taken' : 'given up'} ${moment(event.endedAt)}`)
        if (event.trouble !== null) console.log(plain(`  trouble: ${event.trouble}`))
        return fine
      }),
    )
}

function test(): Command {
  return groundCommand('test', 'send a signed event of type webhook.test, which says nothing, and tell what comes back')
    .option('--json', 'one JSON object a try')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const probes = await onGround(options, ({ config, clock }) =>
          probeEndpoint(demandWebhook(config), { clock, environment: config.environment }),
        )
        for (const probe of probes) console.log(options.json ? JSON.stringify(probe) : lineOf(probe, probes.length > 2))
        return probes.every(({ ok }) => ok) ? fine : found
      }),
    )
}

function lineOf({ signedWith, outcome, ok }: Probe, two: boolean): string {
  const came = outcome.kind === 'taken' ? `taken (${outcome.status})` : outcome.words
  const said = `${signatures[signedWith === 'all' && !two ? 'one' : signedWith].padEnd(34)}${came}`
  if (ok) return said
  return signedWith === 'forged'
    ? `${said}\n${tint('red', 'Your endpoint takes what we did not sign: anybody could tell it anything. It must check webhook-signature.')}`
    : `${said}\n${tint('red', 'Events do not get through.')}`
}

const signatures = {
  one: 'signed with the secret:',
  all: 'signed with both secrets:',
  first: 'signed with the first alone:',
  second: 'signed with the second alone:',
  forged: 'signed with none of them:',
} as const

const colours = {
  waiting: undefined,
  delivered: 'green',
  given_up: 'red',
  kept: undefined,
} as const satisfies Record<EventStanding['state'], string | undefined>
