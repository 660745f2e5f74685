// `wardline lists canaries`: entries that nothing in the world matches, hidden among the real ones. Nobody sees their values.
import { countCanaries, makeCanaries, removeCanaries } from '@wardline/server/lists'
import { Command } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'
import { usage } from '../words.ts'

export function canariesCommand(): Command {
  return new Command('canaries')
    .description('entries that nothing matches, among the real ones: who asks for one holds a stolen list')
    .addCommand(list())
    .addCommand(make())
    .addCommand(remove())
}

function list(): Command {
  return groundCommand('list', 'how many each list holds; nothing else of them is ever told')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const rows = await onGround(options, ({ database }) => countCanaries(database.read))
        printRows(
          rows,
          [
            { title: 'list', of: ({ listId }) => listId, shrinks: true },
            { title: 'canaries', of: ({ canaries }) => String(canaries), align: 'right' },
            {
              title: 'where',
              of: ({ listGone }) => (listGone ? 'in no list (it was removed); still watched for' : 'in the list'),
            },
            { title: 'last planted', of: ({ plantedAt }) => moment(plantedAt) },
          ],
          { json: options.json, none: 'No canary yet: `wardline lists canaries make 20` plants some.' },
        )
        return fine
      }),
    )
}

function make(): Command {
  return groundCommand('make', 'plant so many more, in turn in the lists that hold PDQ values')
    .argument('<count>', 'how many')
    .option(...asPersonOption)
    .action(
      ending(async (text: string, options: GroundOptions & { as?: string }) => {
        if (!/^\d{1,6}$/.test(text)) throw usage('make takes a number')
        const planted = await onGround(options, async (ground) => {
          const actor = await actorWhoMay(ground, options.as, 'write_lists')
          const { database, vault, clock } = ground
          return makeCanaries(database, vault, clock, { count: Number(text), actor })
        })
        for (const one of planted) console.log(`${one.planted} planted in the list "${one.listId}".`)
        console.log('A running server watches for them within a second. Their values are sealed and shown to nobody.')
        return fine
      }),
    )
}

function remove(): Command {
  return groundCommand(
    'remove',
    'take a list’s canaries out again and watch for them no more, as after a theft that is known',
  )
    .argument('<list>', 'the list’s name')
    .option(...asPersonOption)
    .action(
      ending(async (listId: string, options: GroundOptions & { as?: string }) => {
        const { removed, inList } = await onGround(options, async (ground) => {
          const actor = await actorWhoMay(ground, options.as, 'write_lists')
          const { database, vault, clock } = ground
          const inList = (await countCanaries(database.read))
            .filter((one) => one.listId === listId && !one.listGone)
            .reduce((sum, { canaries }) => sum + canaries, 0)
          return { removed: await removeCanaries(database, vault, clock, { listId, actor }), inList }
        })
        if (removed === 0) console.log(`The list "${listId}" has no canary: nothing was taken out.`)
        if (inList > 0) console.log(`${inList} taken out of the list "${listId}".`)
        if (removed > inList)
          console.log(
            `${removed - inList} were planted in a list "${listId}" that was removed before: no list holds them, and they are watched for no more.`,
          )
        return fine
      }),
    )
}
