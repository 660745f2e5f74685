// Refusals of what people decide about repairs, as the table of problems.ts.
import type { Words } from './words.ts'

const look = 'Read the repair again: it says how far it is.'

export const repairProblems = {
  no_such_repair: { status: 404, title: 'No such repair', next: 'GET /v1/repairs lists them.' },
  no_letter: { status: 409, title: 'No letter', next: look },
  decided_before: {
    status: 403,
    title: 'Somebody else is needed',
    next: 'Let a person who decided none of its cases answer with their own key.',
  },
  grounds_missing: {
    status: 400,
    title: 'Which grounds are wrong?',
    next: 'Name file and number of each, as GET /v1/cases/{number} counts a file’s matches from 0.',
  },
  no_such_ground: {
    status: 400,
    title: 'No such ground',
    next: 'GET /v1/cases/{number} shows what each file matched.',
  },
  match_exact: {
    status: 409,
    title: 'No likeness',
    next: 'Equal bytes are what the list names: if they are harmless, overturn the entry.',
  },
  nothing_to_repair: { status: 409, title: 'Nothing to repair', next: 'A test card made this case.' },
} as const satisfies Record<string, Words>
