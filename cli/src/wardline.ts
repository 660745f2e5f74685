// The `wardline` program: finds the command's file, runs it, and turns whatever goes wrong into words and an exit code.
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { trouble } from './exit.ts'
import { onOutputTrouble } from './output.ts'

/** One command, one file. Only the file of the command that was asked for is loaded, so that each starts fast. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./commands/demo.ts')).demoCommand(),
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  selftest: async () => (await import('./commands/selftest.ts')).selftestCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  config: async () => (await import('./commands/config.ts')).configCommand(),
  hash: async () => (await import('./commands/hash.ts')).hashCommand(),
  scan: async () =>
    (await import('./commands/scan.ts')).scanCommand(async (options) =>
      (await import('./open-cases.ts')).openCases(options),
    ),
  sync: async () => (await import('./commands/sync.ts')).syncCommand(),
  lists: async () => (await import('./commands/lists.ts')).listsCommand(),
  cases: async () => (await import('./commands/cases.ts')).casesCommand(),
  cybertip: async () => (await import('./commands/cybertip.ts')).cybertipCommand(),
  reports: async () => (await import('./commands/reports.ts')).reportsCommand(),
  notices: async () => (await import('./commands/notices.ts')).noticesCommand(),
  appeals: async () => (await import('./commands/appeals.ts')).appealsCommand(),
  repair: async () => (await import('./commands/repair.ts')).repairCommand(),
  webhooks: async () => (await import('./commands/webhooks.ts')).webhooksCommand(),
  stats: async () => (await import('./commands/stats.ts')).statsCommand(),
  letters: async () => (await import('./commands/letters.ts')).lettersCommand(),
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand(),
  people: async () => (await import('./commands/people.ts')).peopleCommand(),
  'api-keys': async () => (await import('./commands/api-keys.ts')).apiKeysCommand(),
  backup: async () => (await import('./commands/backup.ts')).backupCommand(),
  restore: async () => (await import('./commands/restore.ts')).restoreCommand(),
  pause: async () => (await import('./commands/pause.ts')).pauseCommand(),
  vault: async () => (await import('./commands/vault.ts')).vaultCommand(),
  sandbox: async () => (await import('./commands/sandbox.ts')).sandboxCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
}

await run(process.argv)

async function run(argv: readonly string[]): Promise<void> {
  // Whatever a command writes is its user's alone, in whatever folder it lies.
  process.umask(0o077)
  onOutputTrouble()
  try {
    const wardline = await program(argv[2])
    await wardline.parseAsync(withUsual(wardline, argv))
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : trouble
      return
    }
    const { wordsOf } = await import('./words.ts')
    console.error(wordsOf(error))
    if (process.env['WARDLINE_DEBUG']) console.error(error)
    process.exitCode = trouble
  }
}

async function program(asked: string | undefined): Promise<Command> {
  const wardline = new Command('wardline')
    .description(
      'Finds known child sexual abuse material, preserves it, reports it to NCMEC and tells who must be told.',
    )
    .version(version(), '-V, --version', 'print the version')
    // What follows a command's name is that command's: `selftest` and `selftest window open` both have an --as.
    .enablePositionalOptions()
    .addHelpText('after', '\nExit: 0 fine, 1 something was found or a check failed, 2 bad usage or trouble.')
  const load = asked !== undefined && Object.hasOwn(commands, asked) ? commands[asked] : undefined
  const all = ['-V', '--version'].includes(asked ?? '') ? [] : Object.values(commands)
  const loaded = load === undefined ? all : [load]
  for (const one of loaded) wardline.addCommand(await one())
  return settle(wardline)
}

/** `wardline cases` alone means `wardline cases list`; a word that is no subcommand is still refused as such. */
function withUsual(wardline: Command, argv: readonly string[]): readonly string[] {
  const [node = '', script = '', asked = '', next, ...rest] = argv
  const group = wardline.commands.find((command) => command.name() === asked)
  const lists = group?.commands.some((command) => command.name() === 'list')
  if (!lists || (next !== undefined && (!next.startsWith('-') || ['-h', '--help'].includes(next)))) return argv
  return [node, script, asked, 'list', ...(next === undefined ? [] : [next]), ...rest]
}

/** Usage errors come back here instead of ending the process, from however deep they are thrown. */
function settle(command: Command): Command {
  command.exitOverride().helpCommand(false).showHelpAfterError('(add --help to see what it takes)')
  for (const below of command.commands) settle(below)
  return command
}

function version(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
