// Refusals around appeals and their hearing, as the table of problems.ts.
import type { Words } from './words.ts'

export const appealProblems = {
  no_such_appeal: { status: 404, title: 'No such appeal', next: 'List /v1/appeals.' },
  no_such_notice: {
    status: 404,
    title: 'No such notice',
    detail: 'There is no notice of this id that is about this account.',
    next: 'Send the id of the notice as you were given it, and your own id of the account it was about.',
  },
  words_missing: {
    status: 400,
    title: 'Words are needed',
    detail: 'The appeal has no words.',
    next: 'Send "words" with a few words.',
  },
  words_too_long: {
    status: 400,
    title: 'Too many words',
    detail: 'The appeal is longer than it may be.',
    next: 'Say it in at most 10,000 characters.',
  },
  too_many_appeals: {
    status: 409,
    title: 'No more can be written',
    detail: 'Much was written about this notice already.',
    next: 'Wait for an answer to what you wrote.',
  },
  appeal_too_late: {
    status: 409,
    title: 'Too late to object',
    next: 'Nothing more can be sent here. If you write to the service in another way, people there can still read it.',
  },
  decided_before: {
    status: 403,
    title: 'Not by whoever decided',
    next: 'Nothing has to be done: chance gives the appeal to another person. Who hears it is said by GET /v1/appeals/{number}.',
  },
  not_yours: {
    status: 403,
    title: 'Not assigned to you',
    next: 'POST /v1/appeals/next answers with one that is.',
  },
  grounds_missing: {
    status: 400,
    title: 'Grounds are needed',
    next: 'Send "grounds" with the files’ ids and the places of their matches, from GET /v1/appeals/{number}.',
  },
  ground_unknown: {
    status: 422,
    title: 'No such ground',
    next: 'Take the files’ ids and the places of their matches, from 0, from GET /v1/appeals/{number}.',
  },
} as const satisfies Record<string, Words>
