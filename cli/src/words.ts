// A failure as an operator reads it: one sentence that says what is wrong, and what to do next. Never a stack.
import { Fault } from '@wardline/server/base'

export function wordsOf(error: unknown): string {
  if (error instanceof Fault) return `${sentence(error.message)}\n${nextAction(error)}`
  const system = systemWords(error)
  if (system !== undefined) return system
  const name = error instanceof Error ? error.name : typeof error
  return `This is a mistake in Wardline itself (${name}), not in what you did.\nSet WARDLINE_DEBUG=1 to see where, and please report it.`
}

/** The first line of it, where only one has room. */
export function firstLine(error: unknown): string {
  const words = error instanceof Fault || !(error instanceof Error) ? wordsOf(error) : error.message
  return words.split('\n')[0] ?? words
}

/** What the operator typed cannot be done as typed. */
export function usage(words: string): Fault<'usage'> {
  return new Fault('usage', words, { retry: 'never' })
}

/** Faults whose own words do not say where to go from here. */
const next: Readonly<Record<string, string>> = {
  usage: 'Add --help to see what this command takes.',
  config_wrong: 'Every key is explained in docs/operating/wardline.example.yaml; --config FILE names another file.',
  data_folder_unusable: 'Check the path and its owner, or name another folder as `data` in wardline.yaml.',
  database_unreachable:
    'Check that the database server runs and that database.url is right; `wardline doctor` tries it.',
  migration_failed: 'Nothing was changed. Set WARDLINE_DEBUG=1 to see what the database said.',
  text_wrong: 'docs/operating/notice-texts.md says what may stand in a text.',
  help_lines_wrong: 'docs/operating/help-lines.example.yaml shows the form.',
  environment_mixed: 'Lists, evidence and reports of one environment never meet those of another.',
  folder_in_use: 'See which one it is with `ps`, or run `wardline doctor`.',
  no_deployment:
    'Is `data` right? Another configuration is named with --config FILE. `wardline serve`, `people add`, `api-keys create` ' +
    'and `lists import` begin a new deployment.',
  key_missing: 'Is vault.keyFile right, and its disk there? A lost key comes back from its copy alone.',
  key_needed: 'Nothing was changed. `wardline vault status` shows what needs which key.',
  rotation_under_way: '`wardline vault status` shows how far it is.',
  rotation_waits: 'Nothing failed. A server that was killed is waited for half a minute.',
  list_empty:
    'Nothing was changed. Each row wants source, entryId, algorithm and value; --format names the kind of file.',
  list_unknown: '`wardline lists` shows them all.',
  list_by_hand: '`wardline lists` shows it; under `lists:` in wardline.yaml another name can be chosen.',
  sync_running:
    'Try again when it is done; `wardline lists` says when. The lease of a process that died ends after 30 s.',
  source_refuses_us:
    'Check the user name and password (or token) of this list; they are not those of the CyberTipline.',
  same_person: 'Somebody else gives the same command, with their own --as.',
  source_busy: 'Nothing is lost: the next sync goes on where this one stopped.',
  source_failed: 'Nothing is lost: the next sync goes on where this one stopped.',
  source_unreachable:
    'Nothing is lost: the next sync goes on where this one stopped. Check the way out of this machine.',
  source_slow: 'Nothing is lost: the next sync goes on where this one stopped.',
  reasons_not_told: 'Nothing was sent and nothing was changed: ask again later. A feedback waits as long as it has to.',
  source_missing: 'Nothing was changed. Check the path of this list, its owner and whether its disk is mounted.',
  source_not_ready: 'Nothing was changed. The next sync takes it once nobody writes to it any more.',
  answer_odd: 'Nothing of that answer was taken. If it stays, ask the list service; docs/operating/lists.md says how.',
  file_odd:
    'Nothing was changed. Write the file anew elsewhere, whole, move it into its place, and `wardline sync LIST` again.',
  list_shrinks: 'Nothing was changed. Look at the files first: a disk or a copy may be incomplete.',
  next_refused:
    'Nothing of that answer was taken. A service that does this may not be the one you think: look before you go on.',
  list_unreadable: 'Nothing was changed. Name another file, or its kind with --format.',
  no_such_case: '`wardline cases list` shows them all.',
  no_such_report: '`wardline reports list` shows them all.',
  no_such_notice: '`wardline notices list` shows them all.',
  no_such_letter: '`wardline letters list` shows them all.',
  no_such_hold: '`wardline notices hold list --as EMAIL` shows those that hold; --all also those that have ended.',
  no_such_repair: '`wardline repair list` shows them all.',
  no_such_event: '`wardline webhooks list` shows them; one that was delivered is forgotten after 30 days.',
  no_webhook:
    'Without one the platform fetches its events itself: GET /v1/events?after=0 gives all that are kept. A restore can be done by hand: `wardline repair restored`.',
  case_unreported: '`wardline reports explain N`, with the number of the case, says why and what comes next.',
  not_possible: '`wardline cases show` and `wardline reports show` say where things stand.',
  not_production: 'What was found by trial is dismissed here: `wardline cases dismiss N --as EMAIL --reason TEXT`.',
  never_reported:
    'Once it is dealt with elsewhere: `wardline cases close N --as EMAIL --reason TEXT`. If the match is wrong: `wardline cases dismiss`.',
  still_reportable: '`wardline cases confirm N` reports it, `wardline cases dismiss N` ends it; both need --as EMAIL.',
  incident_type_missing: '`wardline cases confirm N --as EMAIL --incident-type TYPE`; --help names the types.',
  no_such_appeal: '`wardline appeals list` shows them all.',
  decided_before: 'This needs somebody who never decided about it: `wardline appeals show N` says who hears an appeal.',
  not_yours:
    '`wardline appeals list --of EMAIL` shows what a person hears; `wardline appeals show N` who hears this one.',
  grounds_missing: '`wardline appeals show N` numbers the grounds; name them with --ground FILE:N.',
  ground_unknown: '`wardline appeals show N` numbers the grounds.',
  job_unknown: '`wardline jobs list` shows what waits.',
  job_not_dead: '`wardline jobs list` says when it is tried next.',
  test_cards_altered: 'No card counts until then; what is real is found all the same.',
  person_unknown: '`wardline people list` shows everybody; `wardline people add` adds somebody.',
  person_disabled: '`wardline people list` shows who may act.',
  key_unknown: '`wardline api-keys list` shows them all.',
  scope_not_allowed: '`wardline people list` shows the roles that the person has.',
  class_refused: 'A real list belongs into a production instance; for trials import a list of class "test".',
  key_copy_refused: '`wardline vault key copy FILE` makes a new copy; FILE lies best on another medium.',
}

/** Where things stand, by what the words are about: one code says of all of them that it is too late or too early. */
const standing: readonly (readonly [RegExp, string])[] = [
  [/^this notice /, '`wardline notices list` says where each stands, `wardline notices show ID` one of them.'],
  [/^this letter /, '`wardline letters list` says where each stands.'],
  [/^this hold /, '`wardline notices hold list --all --as EMAIL` says where each stands.'],
  [
    /\brepair\b|\blist was frozen/,
    '`wardline repair list` says where each stands, `wardline repair show N` one of them.',
  ],
  [/\bappeal\b/, '`wardline appeals list` says where each stands, `wardline appeals show N` one of them.'],
]

function nextAction({ code, message, retry }: Fault): string {
  const about = code === 'not_possible' ? standing.find(([words]) => words.test(message)) : undefined
  if (about !== undefined) return about[1]
  const known = next[code]
  if (known !== undefined) return known
  if (retry === 'now' || retry === 'later')
    return 'Try again in a moment; `wardline doctor` looks for what is in the way.'
  return '`wardline doctor` looks at everything that this stands on.'
}

/** What the operating system says about a path that the operator named. */
function systemWords(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined
  const told = system[String(error.code)]
  return told === undefined ? undefined : `${error.path} ${told}`
}

const system: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist.\nCheck the path.',
  EACCES: 'may not be used by this user.\nCheck its owner and mode.',
  EPERM: 'may not be used by this user.\nCheck its owner and mode.',
  EISDIR: 'is a folder, and a file is wanted.\nName a file.',
  ENOTDIR: 'lies in what is no folder.\nCheck the path.',
  EEXIST: 'exists already, and nothing is ever written over.\nName another file.',
  ENOSPC: 'cannot be written: the disk is full.\nMake room and try again.',
  EROFS: 'cannot be written: the disk is read-only.\nName another place.',
}

/** The message as a sentence; the lines of a configuration's troubles stay as they are. */
function sentence(message: string): string {
  if (message.includes('\n') || /[.!?]$/.test(message)) return message
  // A file or a key at the beginning keeps its own spelling.
  const first = /^[a-z]+ /.test(message) ? message.charAt(0).toUpperCase() : message.charAt(0)
  return `${first}${message.slice(1)}.`
}
