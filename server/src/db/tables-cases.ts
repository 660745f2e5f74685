// From an image to a report: scans, cases and what was filed. A folder writes only its own tables: the comment above each block names the owner.
import type { Generated } from 'kysely'

export interface CaseTables {
  // intake
  scan_answers: {
    key_hmac: string
    body_hmac: string
    /** Whose claim it is: the request that holds this works on the answer. */
    token: string
    answer: string | null
    created_at: number
    expires_at: number
  }
  scans: {
    id: string
    case_id: string
    file_id: string
    state: 'held' | 'released' | 'removed'
    api_key_id: string
    received_at: number
  }

  // cases
  cases: {
    id: string
    number: number
    environment: string
    state: string
    route: 'report' | 'review'
    account_hmac: string | null
    /** never: its files matched nothing but classes that are never reported. */
    reportable: 'yes' | 'never'
    surface: string
    jurisdiction: string | null
    /** The scan context (who, where, when), sealed JSON. */
    context_sealed: Uint8Array
    opened_at: number
    settles_at: number
    changed_at: number
    decided_by: string | null
    decided_at: number | null
    /** The person's reason and whether they viewed the file, sealed JSON; null while nobody decided. */
    decision_sealed: Uint8Array | null
    /** 1: a test card made it; 0. */
    is_test: number
    /** Until when it waits at most for facts that make its report actionable; null: it never had to. */
    facts_due_at: number | null
    /** Supplements beyond those kept. */
    further_supplements: Generated<number>
  }
  case_entries: { case_id: string; entry_hmac: string }
  /** Every person who ever took a decision about a case, by their ids; cases and reports write it, hearings obey it. */
  case_deciders: { case_id: string; person: string }
  case_files: {
    id: string
    case_id: string
    vault_id: string
    sha256_hmac: string
    /** The file of the case that shows the same picture: then this is evidence, and no file of the report. */
    copy_of: string | null
    /** Digests, prints, name, context of this file and the grounds of its match, sealed JSON. */
    facts_sealed: Uint8Array
    added_at: number
  }
  /** Each time a file was displayed to a person. */
  file_views: {
    id: string
    case_id: string
    file_id: string
    /** Of the bytes that were displayed, keyed as in case_files. */
    sha256_hmac: string
    /** The actor, `person:` and their id. */
    person: string
    displayed: 'full' | 'blurred' | 'partial' | 'exif'
    at: number
  }
  case_supplements: {
    id: string
    case_id: string
    vault_id: string
    scan_id: string
    /** Keyed digest of kind and text: the same is kept once. */
    text_hmac: string
    /** Kind, media type, size, digest, and when it came; sealed JSON. */
    facts_sealed: Uint8Array
    added_at: number
  }
  /** What the operator's own system was asked about the account of a case. */
  account_look_ups: {
    case_id: string
    state: 'waiting' | 'answered' | 'unknown' | 'given_up'
    asked_at: number
    /** No report waits for the answer beyond this. */
    wait_until: number
    ended_at: number | null
    /** Words, safe to show; null when the last try worked. */
    trouble: string | null
    /** The account as it was answered, sealed JSON. */
    answer_sealed: Uint8Array | null
  }

  // reports
  reports: {
    id: string
    case_id: string
    environment: string
    state:
      | 'waiting'
      | 'filing'
      | 'finished'
      | 'needs_person'
      | 'cannot_report'
      | 'filed_by_hand'
      | 'validated_not_sent'
      | 'withdrawn'
    /** The filing's state machine, sealed JSON. */
    filing_sealed: Uint8Array
    /** What is to be sent (report and file details), sealed JSON. */
    draft_sealed: Uint8Array
    /** The step that was begun last, while its result is not written down. */
    intent_id: string | null
    /** NCMEC's (or the sandbox's) id of the report that was finished, here or by hand. */
    remote_id: string | null
    /** The finish answer, byte for byte, sealed: the receipt of 18 U.S.C. 2258A(h)(1). */
    receipt_sealed: Uint8Array | null
    /** Who filed it by hand, when they said so, and why; sealed JSON. */
    by_hand_sealed: Uint8Array | null
    trouble: string | null
    /** How many lines its journal has. */
    steps: number
    /** What the CyberTipline refused last, in words that hold nothing of the report: step, code, rule, elements. */
    refusal: string | null
    created_at: number
    changed_at: number
    finished_at: number | null
    /** Of the case: in production such a report is never sent. */
    is_test: number
    /** Of what an investigator needs, 0..100, as it was drafted; null: of a version before, or not drafted. */
    score: number | null
    /** What was missing then, names of `needs` as JSON; null as above. */
    lacking: string | null
    /** Of a batched report: which annotations a person chose and which file goes, JSON; null of any other. */
    batch: string | null
    /** It corrects this earlier report of ours, which was an error: it is of no case, tells of no person and has no files. */
    corrects_id: string | null
    /** The same, and unique: null also where two took back the same one, in the later of them. */
    corrects_once: string | null
    /** The repair of which somebody chose it. */
    repair_id: string | null
  }
  /** Which cases a report is of: one, or of a batched report several. `reports.case_id` is the first of them. */
  report_cases: { report_id: string; case_id: string }
  report_steps: {
    id: string
    report_id: string
    /** Its place in the report's journal, from 1: the order of things, whatever a clock said. */
    number: number
    at: number
    step: string
    phase: 'intent' | 'result'
    outcome: string | null
    response_code: number | null
    request_id: string | null
  }
  /** What was sent and answered, word for word. */
  report_documents: {
    id: string
    report_id: string
    /** The step's intent. */
    step_id: string
    direction: 'sent' | 'received'
    at: number
    /** As it went over the wire; what is kept may be cut short. */
    size_bytes: number
    kept_bytes: number
    document_sealed: Uint8Array
  }
  /** One row: whether reports are filed at all just now. */
  filing_line: {
    one: number
    standing: 'open' | 'waiting' | 'stopped'
    because: string | null
    /** The keyed digest of the credentials that were refused: others are tried at once. */
    refused_keyed: string | null
    since: number
    /** Nothing is sent before; of a stopped line the time of the next look. */
    until: number
    /** Failures in a row of the line itself. */
    tries: number
  }
}
