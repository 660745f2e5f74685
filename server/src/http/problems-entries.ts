// Refusals of what people decide about entries, as the table of problems.ts.
import type { Words } from './words.ts'

const look = 'Read the list again: it says where each stands.'

export const entryProblems = {
  no_such_correction: { status: 404, title: 'No such correction', next: look },
  no_such_set_aside: { status: 404, title: 'Nothing set aside under this id', next: look },
  no_such_feedback: { status: 404, title: 'No such feedback', next: look },
  file_not_named: {
    status: 400,
    title: 'One file has to be named',
    detail: 'The case holds several files, or none of this id.',
    next: 'Send "fileId" with the id of one of its files: GET /v1/cases/{number} names them.',
  },
  nothing_to_correct: { status: 409, title: 'Nothing to correct', next: 'Decide the case instead.' },
  review_date_odd: { status: 400, title: 'Not such a date', next: 'Send "reviewAt" with a time within a year.' },
  same_person: {
    status: 403,
    title: 'Another person is needed',
    next: 'Let another person answer with their own key.',
  },
  expired: { status: 409, title: 'Too late', next: 'Propose it again.' },
  already_decided: { status: 409, title: 'Decided already', next: look },
  reason_unknown: {
    status: 400,
    title: 'Not one of the source’s reasons',
    next: 'Send "reasonId" with one of those that `wardline lists feedback reasons LIST` shows.',
  },
  reason_out_of_place: { status: 400, title: 'No reason here', next: 'Leave out "reasonId".' },
  reasons_not_told: {
    status: 503,
    title: 'The list service did not answer',
    next: 'Nothing was changed: send the same request again later.',
    retryAfterSeconds: 60,
  },
  list_unknown: { status: 409, title: 'No configured list', next: 'Ask the operator to configure the list again.' },
} as const satisfies Record<string, Words>
