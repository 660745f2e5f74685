// `wardline jobs`: what is still to be done, and what could not be done without a person.
import { type Actor, record } from '@wardline/server/audit'
import { configuredLists } from '@wardline/server/config'
import { type JobRow, type JobState, listJobs, retryJob } from '@wardline/server/jobs'
import { Command, Option } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'

export function jobsCommand(): Command {
  return new Command('jobs')
    .description('what is still to be done, and what could not be')
    .addCommand(list())
    .addCommand(retry())
}

function list(): Command {
  return groundCommand('list', 'longest due first; a dead job waits for a person')
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'running', 'dead']))
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { state?: JobState; json?: true }) => {
        const { state } = options
        const jobs = await onGround(options, async ({ database, config }) => {
          const fetched = configuredLists(config).filter(({ policy }) => policy.enabled)
          const isFetched = (id: string) => fetched.some((list) => list.id === id)
          const jobs = await listJobs(database.read, { state })
          return jobs.map((job) => (job.kind === 'sync_list' && !isFetched(job.subject) ? notFetched(job) : job))
        })
        printRows(
          jobs,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (job) => job.state, tint: colourOf },
            { title: 'job', of: ({ kind }) => kind },
            { title: 'about', of: ({ subject }) => subject, shrinks: true },
            { title: 'due', of: ({ runAt }) => moment(runAt), shrinks: true },
            { title: 'trouble', of: ({ lastError }) => lastError ?? '', shrinks: true },
          ],
          { json: options.json, none: state === undefined ? 'Nothing is to be done.' : `No job is ${state}.` },
        )
        const dead = jobs.filter((job) => job.state === 'dead').length
        if (dead > 0 && !options.json)
          console.log(`${dead} dead: mend what is in the way, then \`wardline jobs retry ID\`.`)
        return fine
      }),
    )
}

function retry(): Command {
  return groundCommand('retry', 'let a dead job live again, due at once')
    .argument('<id>', 'as `wardline jobs list` shows it')
    .option(...asPersonOption)
    .action(
      ending(async (id: string, options: GroundOptions & { as?: string }) => {
        await onGround(options, async (ground) => {
          const { database, clock } = ground
          const actor: Actor = await actorWhoMay(ground, options.as, 'retry_job')
          await database.transact(async (tx) => {
            await retryJob(tx, clock, id)
            await record(tx, clock, { actor, act: 'retry_job', subject: id })
          })
        })
        console.log(`${id} is due now; a running server takes it up within a second.`)
        return fine
      }),
    )
}

/** Its last words may be of the time when it was. */
const notFetched = (job: JobRow): JobRow => ({ ...job, lastError: 'this configuration has no such list fetched' })

const colourOf = ({ state }: JobRow) => (state === 'dead' ? 'red' : state === 'running' ? 'green' : undefined)
