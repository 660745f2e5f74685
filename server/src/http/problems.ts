// The table of refusals and faults: status, what happened, and the caller's next step. Codes are stable.
import { appealProblems } from './problems-appeals.ts'
import { entryProblems } from './problems-entries.ts'
import { noticeProblems } from './problems-notices.ts'
import { repairProblems } from './problems-repairs.ts'
import { wireProblems } from './problems-wire.ts'
import type { Words } from './words.ts'

const newKey = 'Ask the operator for a key (`wardline api-keys`).'
const later = 'Send the same request again after the time in Retry-After.'
const kept = 'Nothing of this request was kept, unless an earlier one with the same Idempotency-Key was answered.'

export const problems = {
  ...entryProblems,
  ...appealProblems,
  ...repairProblems,
  ...noticeProblems,
  ...wireProblems,
  key_missing: {
    status: 401,
    title: 'A key is needed',
    detail: 'The request carries no key.',
    next: `Send the header "Authorization: Bearer <key>". ${newKey}`,
  },
  unknown_key: { status: 401, title: 'Unknown key', detail: 'This key is not known here.', next: newKey },
  expired_key: { status: 401, title: 'Expired key', detail: 'The time of this key is over.', next: newKey },
  revoked_key: { status: 401, title: 'Revoked key', detail: 'This key was revoked.', next: newKey },
  person_disabled: {
    status: 401,
    title: 'Disabled person',
    detail: 'The person whose key this is cannot sign in any more.',
    next: newKey,
  },
  not_allowed: {
    status: 403,
    title: 'Not allowed',
    detail: 'This key may not do this.',
    next: 'Use a key whose scopes (and whose person’s roles) allow it.',
  },
  not_a_person: {
    status: 403,
    title: 'Only a person decides',
    detail: 'This key belongs to a service, and only a person may decide this.',
    next: 'Use a key of a person.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'More requests came in a minute than are allowed.',
    next: later,
  },
  body_empty: {
    status: 400,
    title: 'No image',
    detail: 'The request carries no image.',
    next: 'Send the image’s bytes as the body, or as a multipart part named "file".',
  },
  body_too_large: {
    status: 413,
    title: 'Too large',
    detail: 'The request is larger than this server takes.',
    next: 'Send fewer or smaller files, or ask the operator to raise server.bodyLimitMb.',
  },
  too_many_files: {
    status: 413,
    title: 'Too many files',
    detail: 'The request holds more files than this server takes at once.',
    next: 'Send the files in several requests, or ask the operator to raise server.filesPerScan.',
  },
  content_type_wrong: {
    status: 415,
    title: 'Not an image’s content type',
    detail: 'The content type is neither image/*, nor application/octet-stream, nor multipart/form-data.',
    next: 'Send the image with "Content-Type: application/octet-stream"; its true kind is read from its bytes.',
  },
  media_type_wrong: {
    status: 415,
    title: 'Not this content type',
    detail: 'The content type is not one that this address takes.',
    next: 'Send "Content-Type: application/json"; images go to /v1/scans as application/octet-stream.',
  },
  context_wrong: {
    status: 400,
    title: 'Wrong context',
    detail: 'The context is not JSON of the form that this server knows.',
    next: 'Correct the keys named in "wrong"; the form is ScanContextInput in /openapi.json.',
  },
  form_wrong: {
    status: 400,
    title: 'Wrong form',
    detail: 'The multipart body cannot be read, or holds parts that are not known.',
    next: 'Send parts named "file" and at most one part named "context" that holds JSON.',
  },
  request_wrong: {
    status: 400,
    title: 'Wrong request',
    detail: 'The request is not of the form that this server knows.',
    next: 'Correct the keys named in "wrong"; the form stands in /openapi.json.',
  },
  idempotency_key_wrong: {
    status: 400,
    title: 'Wrong Idempotency-Key',
    detail: 'The Idempotency-Key is not 1 to 255 visible ASCII characters.',
    next: 'Send a random one per image, as a UUID.',
  },
  idempotency_key_in_progress: {
    status: 409,
    title: 'The same request is still running',
    detail: 'A request with this Idempotency-Key has not ended yet.',
    next: later,
    retryAfterSeconds: 2,
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency-Key used for another request',
    detail: 'This Idempotency-Key was used with another image or context.',
    next: 'Send this request with a key of its own.',
  },
  no_such_route: {
    status: 404,
    title: 'No such address',
    detail: 'Nothing answers here to this method.',
    next: 'Look in /openapi.json for what there is.',
  },
  no_such_case: {
    status: 404,
    title: 'No such case',
    detail: 'There is no case of this number.',
    next: 'List /v1/cases.',
  },
  no_such_report: {
    status: 404,
    title: 'No such report',
    detail: 'There is no report of this id.',
    next: 'List /v1/reports.',
  },
  no_such_event: {
    status: 404,
    title: 'No such event',
    detail: 'There is no event of this id; one that was delivered is forgotten after a while.',
    next: 'Read /v1/events.',
  },
  no_such_number: {
    status: 409,
    title: 'No such number yet',
    next: 'Send the number of the last event that you have.',
  },
  no_such_link: {
    status: 404,
    title: 'This link is not known',
    detail: 'The link is wrong or incomplete.',
    next: 'Open the link from the message again, in full.',
  },
  link_invalid: {
    status: 404,
    title: 'This link is not known',
    detail: 'The link is wrong or incomplete.',
    next: 'Open the link from the message again, in full.',
  },
  not_possible: {
    status: 409,
    title: 'Not possible now',
    next: 'Look at its present state and decide again.',
  },
  too_many_words: {
    status: 409,
    title: 'Too many later words',
    next: 'Say what you know of one scan in few requests; what was taken before stays.',
  },
  not_production: {
    status: 409,
    title: 'Not a production instance',
    next: 'Import the list into a production instance and scan the file there; here the case can only be dismissed.',
  },
  never_reported: {
    status: 409,
    title: 'Never reported',
    next: 'Close the case once it is dealt with elsewhere, or dismiss it; no report can be made of it.',
  },
  still_reportable: {
    status: 409,
    title: 'To be reported or dismissed',
    next: 'Confirm the case or dismiss it; only what is never reported is closed without either.',
  },
  file_not_of_case: {
    status: 422,
    title: 'No such file',
    next: 'Take the ids of the files from GET /v1/cases/{number}.',
  },
  file_is_copy: {
    status: 422,
    title: 'Said of a copy',
    next: 'Say it of the file that "copyOf" names in GET /v1/cases/{number}: a copy is not uploaded.',
  },
  file_twice: {
    status: 422,
    title: 'One file, two words',
    next: 'Send one entry for each file.',
  },
  mou_missing: {
    status: 422,
    title: 'No agreement for a classification',
    next: 'Leave "classification" out, or ask the operator to set reports.industryHashSharingMou.',
  },
  incident_type_missing: {
    status: 400,
    title: 'An incident type is needed',
    next: 'Send "incidentType" with what the incident is, or dismiss the case.',
  },
  no_such_file: {
    status: 404,
    title: 'No such file',
    next: 'Look at a case: its files have ids.',
  },
  no_such_set_aside: {
    status: 404,
    title: 'No such entry',
    next: 'Ask the operator for `wardline lists set-aside list`.',
  },
  batch_odd: { status: 400, title: 'No batch', next: 'Name 2 to 200 different cases.' },
  annotation_missing: {
    status: 400,
    title: 'What is the picture?',
    next: 'Say viral, potentialMeme or both; else confirm the cases one by one.',
  },
  reason_missing: {
    status: 400,
    title: 'A reason is needed',
    detail: 'This decision needs a reason.',
    next: 'Send "reason" with a few words.',
  },
  vault_full: {
    status: 503,
    title: 'The evidence store is full',
    detail: `The image could not be preserved, so it was not answered. ${kept}`,
    next: `${later} The operator must make room on the disk.`,
    retryAfterSeconds: 60,
  },
  vault_unwritable: {
    status: 503,
    title: 'The evidence store cannot be written',
    detail: `The image could not be preserved, so it was not answered. ${kept}`,
    next: `${later} The operator must look at the data folder (\`wardline doctor\`).`,
    retryAfterSeconds: 60,
  },
  uploads_busy: {
    status: 503,
    title: 'Too much at once',
    detail: 'More is being uploaded than this server can hold at once. Nothing of this request was read.',
    next: later,
    retryAfterSeconds: 2,
  },
  decoders_busy: {
    status: 503,
    title: 'Too much at once',
    detail: `More images are waiting than this server can look at. ${kept}`,
    next: later,
    retryAfterSeconds: 2,
  },
  lists_loading: {
    status: 503,
    title: 'The hash lists are being loaded',
    detail: 'The server has just started, and no image is compared with half a list. Nothing of this request was kept.',
    next: later,
    retryAfterSeconds: 5,
  },
  database_unreachable: {
    status: 503,
    title: 'The database does not answer',
    detail: `The request could not be recorded, so it was not answered. ${kept}`,
    next: later,
    retryAfterSeconds: 10,
  },
  database_full: {
    status: 503,
    title: 'The database is full',
    detail: `The request could not be recorded, so it was not answered. ${kept}`,
    next: `${later} The operator must make room on the disk.`,
    retryAfterSeconds: 60,
  },
  shutting_down: {
    status: 503,
    title: 'The server is stopping',
    detail: 'The server takes no more requests. Nothing of this one was read.',
    next: later,
    retryAfterSeconds: 5,
  },
  unavailable: {
    status: 503,
    title: 'Not possible at this time',
    detail: `Something that this server needs does not work now. ${kept}`,
    next: later,
    retryAfterSeconds: 10,
  },
  internal: {
    status: 500,
    title: 'A fault of this server',
    detail: 'The server failed in a way it does not know. It was logged.',
    next: 'Send the request again once; then tell the operator the requestId.',
  },
} as const satisfies Record<string, Words>

export type ProblemCode = keyof typeof problems
