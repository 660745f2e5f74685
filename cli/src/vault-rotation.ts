// `wardline vault key rotate` and `retire`: another master key takes the place of the one in use, while servers run.
import type { Actor } from '@wardline/server/audit'
import { abandonRotation, besideOf, retireKey } from '@wardline/server/vault'
import { type Command, InvalidArgumentError } from 'commander'
import { actorWhoMay, asPersonOption } from './as-person.ts'
import { type Exit, ending, fine, found } from './exit.ts'
import { type GroundOptions, groundCommand, onGround } from './on-ground.ts'

const patienceSeconds = 45

interface Rotate extends GroundOptions {
  readonly as?: string
  readonly wait: number
  readonly withoutCopy?: true
  readonly abandon?: true
}

export function rotateCommand(): Command {
  return groundCommand(
    'rotate',
    'make a new key, and once a copy of it is confirmed take it into use, while servers run',
  )
    .option(...asPersonOption)
    .option('--wait <seconds>', 'for running servers that do not have the new key yet', seconds, patienceSeconds)
    .option('--without-copy', 'take it into use though no copy of it was confirmed')
    .option('--abandon', 'end a rotation whose key is not in use yet')
    .action(
      ending((options: Rotate) =>
        onGround(options, async (ground) => {
          const actor: Actor = await actorWhoMay(ground, options.as, 'change_vault_key')
          const { keyFile } = ground.config.vault
          if (options.abandon) {
            const ended = await abandonRotation({ ...ground, keyFile }, actor)
            console.log(
              ended === undefined ? 'No rotation is under way.' : `The key ${ended} was taken away; nothing used it.`,
            )
            return fine
          }
          const { kind, fingerprint } = await ground.vault.rotate({
            actor,
            withoutCopy: options.withoutCopy ?? false,
            patienceMs: options.wait * 1000,
            tell: ({ without }) => {
              if (without > 0) console.log(`Waiting: ${without} running without the new key.`)
            },
          })
          if (kind === 'in_use') sayInUse(fingerprint)
          else sayCopyFirst(fingerprint, keyFile)
          return kind === 'in_use' ? fine : found
        }),
      ),
    )
}

function sayCopyFirst(fingerprint: string, keyFile: string): void {
  console.log(`The new key ${fingerprint} is made and not in use yet: ${besideOf(keyFile, fingerprint)}`)
  console.log('1. Copy it, take the copy elsewhere, and show that it is good:')
  console.log(`     wardline vault key copy FILE --key ${fingerprint}`)
  console.log('     wardline vault key confirm FILE')
  console.log('2. Where servers run on other machines, bring the new file to the same place there (mode 0600).')
  console.log('3. Run `wardline vault key rotate` again.')
}

function sayInUse(fingerprint: string): void {
  console.log(
    `The key ${fingerprint} is in use. What was sealed before is sealed anew by a running server, in the background:`,
  )
  console.log(
    '`wardline vault status` says how much is left. Until it says that the old key is empty, both are needed.',
  )
}

interface Retire extends GroundOptions {
  readonly as?: string
  readonly withoutCopy?: true
}

export function retireCommand(): Command {
  return groundCommand('retire', 'take away a former key that nothing needs any more')
    .argument('<fingerprint>', 'as `wardline vault status` shows it')
    .option(...asPersonOption)
    .option('--without-copy', 'though no copy of it was confirmed: backups of its time will never open again')
    .action(
      ending((fingerprint: string, options: Retire) =>
        onGround(options, async (ground): Promise<Exit> => {
          const actor: Actor = await actorWhoMay(ground, options.as, 'change_vault_key')
          const { keyFile } = ground.config.vault
          const withoutCopy = options.withoutCopy ?? false
          await retireKey({ ...ground, keyFile }, fingerprint, { actor, withoutCopy })
          console.log(
            `The key ${fingerprint} is retired: nothing is sealed under it, and its file is gone from this machine.`,
          )
          console.log(
            'Backups made before the rotation open only with it: keep its copy as long as you keep them, and no longer.',
          )
          console.log('Where servers run on other machines, run the same command there.')
          return fine
        }),
      ),
    )
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('a whole number of seconds')
  return Number(text)
}
