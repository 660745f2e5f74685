// Every table and column, as Kysely reads them. Times are epoch milliseconds; blobs are sealed by the vault; JSON is text.
// A folder writes only its own tables (the comment above each block names the owner), in its `store.ts`.
import type { Generated } from 'kysely'

export interface Tables {
  // db
  meta: { key: string; value: string }

  // jobs
  jobs: {
    id: string
    kind: string
    subject: string
    unique_key: string | null
    run_at: number
    state: 'waiting' | 'running' | 'dead'
    lease: string | null
    leased_until: number | null
    attempts: number
    bugs: number
    last_error: string | null
    created_at: number
  }

  // audit
  audit_events: {
    id: string
    at: number
    actor: string
    act: string
    subject: string
    detail: string
    /** Place in the chain, from 1; null until the sequencer has chained the row. */
    seq: number | null
    /** SHA-256 over the former hash and this row, hex; null until chained. */
    hash: string | null
  }
  audit_head: { one: number; seq: number; hash: string }

  // access
  people: { id: string; name: string; email: string; roles: string; created_at: number; disabled_at: number | null }
  api_keys: {
    id: string
    label: string
    person_id: string | null
    scopes: string
    digest: string
    created_at: number
    expires_at: number | null
    revoked_at: number | null
  }
  approvals: {
    id: string
    act: string
    subject: string
    reason: string
    state: 'open' | 'approved' | 'refused' | 'used'
    requested_by: string
    requested_at: number
    expires_at: number
    decided_by: string | null
    decided_at: number | null
    decision_reason: string | null
  }

  // pause: nothing goes outward and nothing is destroyed until a person has looked
  pauses: {
    id: string
    why: 'restored' | 'database_older' | 'by_a_person'
    began_at: number
    /** Of the backup, where it was restored. */
    as_of: number | null
    /** Each thing that may have gone out already has its row in pause_items. */
    listed_at: number | null
    began_by: string
    /** A person's words; null where they gave none, and where it began by itself. */
    began_reason: string | null
    ended_at: number | null
    ended_by: string | null
    reason: string | null
  }
  pause_items: {
    pause_id: string
    kind: 'case' | 'notice' | 'unknown'
    /** A case or a notice of ours; unknown: a report or a notice that only the logbook knows. */
    subject: string
    /** What the logbook knows of it, JSON in ids and times alone. */
    told: string | null
    decision: 'go_on' | 'was_sent' | 'noted' | null
    decided_at: number | null
    decided_by: string | null
  }

  selftest_windows: { id: string; opened_by: string; opened_at: number; closes_at: number }

  // vault
  vault_objects: {
    id: string
    size_bytes: number
    /** The object's data key, wrapped by the master key; null once destroyed. */
    wrapped_key: Uint8Array | null
    state: 'stored' | 'destroyed'
    stored_at: number
    keep_until: number | null
    destroy_after: number | null
    destroyed_at: number | null
    destroyed_why: string | null
  }
  /** Every master key there ever was; `meta`, key `vault.fingerprint`, says which one is in use. */
  vault_keys: {
    fingerprint: string
    made_at: number
    /** Since when values are sealed under it; null while not every server has it yet. */
    in_use_at: number | null
    /** How many values were still sealed under others when that was last counted; only of the key in use, during a rotation. */
    left_under: number | null
    /** Since when nothing is sealed under it any more; null of the key in use, and of a former one that is needed. */
    emptied_at: number | null
    retired_at: number | null
    /** When a copy of it was last shown to be good. */
    copied_at: number | null
  }
  /** One row, from the first rotation on: the keys of keyed digests, sealed JSON. */
  vault_digests: { one: number; sealed: Uint8Array }
  /** Every process that has opened the vault, for as long as it lives. */
  vault_holders: {
    id: string
    /** Fingerprints of the keys that it has, JSON. */
    opens: string
    seals_under: string
    /** By the database's clock; renewed while it lives. */
    held_until: number
  }

  // lists
  lists: {
    id: string
    environment: string
    class: string
    radius_bits: number
    least_quality: number
    least_members: number
    /** Millionths of the traffic. */
    share_ppm: number
    /** 1 or 0. */
    enabled: number
    /** As of the last count, and every put since taken for a new entry. */
    entries: number
    /** Changes since the last count: 0 means that `entries` is exact. */
    uncounted: number
    /** How many rows of list_blocks there are: one that vanished is noticed. */
    blocks: number
    /** Removals up to this version have left the log: who has not seen them reads the list anew. */
    folded_to: number
    created_at: number
    changed_at: number
    /** Nobody sees it any more; its blocks are on their way out. */
    removed_at: number | null
  }
  list_blocks: {
    id: string
    list_id: string
    version: number
    /** Order among the blocks of one version: more than one only where blocks were folded. */
    part: number
    puts: number
    removes: number
    /** The fingerprint of the vault's key at the time. */
    sealed_under: string
    sealed: Uint8Array
  }
  /** Only in a deployment of before, until its rows have been moved into blocks. */
  list_entries: {
    id: string
    list_id: string
    source: string
    entry_id: string
    algorithm: string
    class: string
    label: string | null
    value_hmac: string
    value_sealed: Uint8Array
    added_at: number
  }

  // lists: what people decide about entries. An entry is named by the keyed digest of its name, never of a value.
  list_hits: { entry_hmac: string; who_hmac: string; at: number }
  list_set_asides: {
    id: string
    entry_hmac: string
    list_id: string
    class: string
    state: 'set_aside' | 'kept' | 'released'
    /** How many unrelated accounts hit it when it was set aside. */
    accounts: number
    set_aside_at: number
    review_due_at: number
    decided_by: string | null
    decided_at: number | null
    /** Why it was kept or released, sealed JSON. */
    reason_sealed: Uint8Array | null
    /** A decision over all its cases that is still being carried out, sealed JSON. */
    bulk_sealed: Uint8Array | null
    /** What was last decided over all its cases, also once that was carried out. */
    bulk_says: 'confirm' | 'dismiss' | 'dismiss_as_false' | null
  }
  list_corrections: {
    id: string
    state: 'proposed' | 'in_force' | 'refused' | 'withdrawn'
    case_id: string
    /** How many entries it names. */
    entries: number
    approval_id: string
    proposed_by: string
    proposed_at: number
    approved_by: string | null
    changed_at: number
    review_at: number
    /** The print it is about, the entries it names and the reason, sealed JSON. */
    facts_sealed: Uint8Array
  }
  list_feedback: {
    id: string
    list_id: string
    case_id: string
    entry_hmac: string
    algorithm: string
    says: 'affirmative' | 'negative'
    state: 'waiting' | 'approved' | 'sending' | 'sent' | 'unknown' | 'failed' | 'refused'
    /** Member, entry id and the source's reason, sealed JSON. */
    about_sealed: Uint8Array
    prepared_at: number
    changed_at: number
    decided_by: string | null
    /** When a worker last began to send it. */
    intent_at: number | null
    trouble: string | null
  }
  /** Entries that a hearing found to be wrong: they meet nothing any more, until somebody enables them again. */
  list_disabled: {
    id: string
    entry_hmac: string
    list_id: string
    repair_id: string
    state: 'disabled' | 'enabled'
    disabled_by: string
    disabled_at: number
    enabled_by: string | null
    enabled_at: number | null
    /** Source and id of the entry, sealed JSON. */
    name_sealed: Uint8Array
  }
  list_canaries: {
    id: string
    list_id: string
    sealed: Uint8Array
    planted_at: number
    /** Taken out of its list, and still no likeness of anything real. */
    removed_at: number | null
  }

  /** One row for each list that is fetched, or was tried to be. */
  list_syncs: {
    list_id: string
    /** How far it has come, JSON; null before the first page. Holds no token and nothing of an entry. */
    position: string | null
    /** Whoever holds this fetches; two at once would write over each other. */
    lease: string | null
    leased_until: number | null
    created_at: number
    began_at: number | null
    succeeded_at: number | null
    failed_at: number | null
    /** Words, safe to show; null since the last success. */
    trouble: string | null
    /** Rejected fingerprints beyond those that list_rejected names. */
    unnamed: number
    /** Passed over so far: videos, and fingerprints that need a plug-in. */
    videos: number
    other_kinds: number
    /** Since when the operator knows that it is too old. */
    stale_since: number | null
  }
  /** Which states were applied of the range being read, sealed JSON. */
  list_sync_notes: { list_id: string; number: number; noted_sealed: Uint8Array }
  /** Fingerprints that could not be taken. */
  list_rejected: {
    list_id: string
    /** A keyed digest of the entry's name. */
    entry_keyed: string
    what: string
    why: string
    /** The entry's source and id, sealed JSON. */
    named_sealed: Uint8Array
    at: number
  }

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
    /** Whose correction it is. */
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

  // notices
  notices: {
    id: string
    /** Null only of an outcome about a case that was never reported. */
    report_id: string | null
    case_id: string
    kind: 'reported' | 'appeal_upheld' | 'appeal_overturned' | 'restored'
    /** What makes it one: the report, the appeal or the repair. */
    about: string
    /** Whom it concerns: of a report the account (keyed digest; without one the case), of an outcome the case. */
    told: string
    addressee: 'user' | 'organisation' | 'operator'
    channel: 'smtp' | 'webhook' | 'pull'
    /** sending: of `webhook` and `pull` also while the platform has it and has not said that it took it. */
    state: 'waiting' | 'sending' | 'sent' | 'not_sent' | 'dead'
    reason: string | null
    /** Which rule of the operator's policy it followed: a jurisdiction, or `default`. */
    rule: string
    /** Address, locale and what the text needs, sealed JSON. */
    to_sealed: Uint8Array
    due_at: number
    /** Why a person must release it first; null: nobody has to, or somebody did. */
    release: 'high_priority' | 'known_victim' | 'filed_by_hand' | null
    released_by: string | null
    released_at: number | null
    attempts: number
    /** When a worker last began to send it. */
    begun_at: number | null
    /** When the tries began that end some days later. */
    tried_since: number | null
    sent_at: number | null
    /** By when the reader may object; fixed with the first try. */
    appeal_by: number | null
    created_at: number
    changed_at: number
    is_test: number
  }
  /** Each try of a notice. One without an end was cut off, and nobody knows whether it arrived. */
  notice_tries: {
    notice_id: string
    number: number
    begun_at: number
    ended_at: number | null
    outcome: 'taken' | 'later' | 'refused' | 'bounced' | null
    /** Words of ours or a status code, never an address. */
    why: string | null
  }
  /** Legal instruments under which nobody may be told for a time. */
  notice_holds: {
    id: string
    scope: 'report' | 'case' | 'account'
    /** Id of the report or case, or the account's keyed digest. */
    target: string
    /** Kind, authority, digest of the document, why; sealed JSON. */
    facts_sealed: Uint8Array
    added_by: string
    added_at: number
    /** It lets go by itself then. */
    expires_at: number
    ended_at: number | null
    ended_by: string | null
  }

  // letters: mail to the appeals address
  letters: {
    id: string
    /** What people say; counted from 1. */
    number: number
    kind: 'letter' | 'automatic' | 'bounce'
    /** waiting: in the tray, for a person. threaded: put with its notice by its address. noted: nobody wrote it. */
    state: 'waiting' | 'threaded' | 'attached' | 'dismissed' | 'noted'
    /** Why it fits no case, or what a bounce said; a code of ours. */
    why: string | null
    notice_id: string | null
    appeal_id: string | null
    /** The mailbox (a keyed digest), its UIDVALIDITY and the mail's UID. */
    place: string
    /** Keyed digest of Message-ID, sender, date and text: read from another place, it is the same mail. */
    mail_keyed: string
    sender_keyed: string | null
    /** Sender, and of what waits or waited also subject and words, sealed JSON. */
    facts_sealed: Uint8Array
    /** How many were refused, unread. */
    attachments: number
    characters: number
    received_at: number
    decided_by: string | null
    decided_at: number | null
    /** A person's reason, sealed. */
    decision_sealed: Uint8Array | null
  }
  /** Mails that were begun and not ended: one that breaks the reading is not tried for ever. */
  letter_tries: { place: string; tries: number; last_at: number }
  /** Mails that were not taken, by day (UTC) and why. */
  letter_counts: { day: string; what: string; count: number }
  /** One row: whether the mailbox is reached. */
  letter_box: { one: number; reached_at: number | null; failing_since: number | null; trouble: string | null }

  // appeals
  appeals: {
    id: string
    number: number
    case_id: string
    notice_id: string
    /** second_look: upheld by one person, and not final before another one has looked. */
    state:
      | 'waiting'
      | 'assigned'
      | 'second_look'
      | 'upheld'
      | 'overturned_entry'
      | 'overturned_match'
      | 'overturned_context'
    opened_at: number
    due_at: number
    changed_at: number
    /** When it became final. */
    decided_at: number | null
    /** The repair that answered it before its hearing did. */
    repair_id: string | null
  }
  appeal_words: {
    id: string
    appeal_id: string
    door: 'link' | 'api' | 'mail'
    /** Sealed as `appeals.words_sealed:id`, as before they had a table of their own. */
    words_sealed: Uint8Array
    received_at: number
    /** 1: the appeal was decided when they came, and they changed nothing of it. */
    is_later: number
  }
  /** Who sat over an appeal. At most one row of an appeal is not ended. */
  appeal_hearings: {
    id: string
    appeal_id: string
    /** 2: the second look. */
    round: number
    /** A person's id. */
    person: string
    assigned_at: number
    ended_at: number | null
    /** handed_back by that person. moved: taken from them by an administrator. unfit: disabled, without the right, or decided about the case meanwhile. settled: a repair answered it. */
    ending: 'decided' | 'handed_back' | 'moved' | 'unfit' | 'settled' | null
    outcome: 'upheld' | 'overturned_entry' | 'overturned_match' | 'overturned_context' | null
    /** The reason and, of an overturned one, what it names; sealed JSON. */
    reason_sealed: Uint8Array | null
  }

  // webhooks
  platform_events: {
    id: string
    /** Of two with the same one the second is not written. */
    once_key: string
    type: string
    is_test: number
    /** As it goes over the wire, sealed JSON. */
    data_sealed: Uint8Array
    /** kept: it arose while there was no webhook, and was not sent. */
    state: 'waiting' | 'delivered' | 'given_up' | 'kept'
    /** Its place for those who fetch: given after the commit, so that none ever appears behind one that was fetched. */
    number: number | null
    attempts: number
    first_tried_at: number | null
    tried_at: number | null
    /** Words of ours about the last try. */
    trouble: string | null
    created_at: number
    /** When it was taken, or given up. */
    ended_at: number | null
  }
  platform_event_head: { one: number; number: number }

  // repairs: what an overturned appeal sets right
  repairs: {
    id: string
    /** What people call it by. */
    number: number
    /** gathering: its list is being made. gathered: frozen, waits for two people. restoring: all cases are closed, the platform has not taken all. */
    state: 'gathering' | 'gathered' | 'refused' | 'approved' | 'restoring' | 'done'
    outcome: 'entry' | 'match' | 'context'
    /** 1, and one more for each time that cases were gathered which came later. */
    round: number
    former_id: string | null
    appeal_id: string | null
    /** The case whose appeal was heard. */
    case_id: string
    begun_by: string
    begun_at: number
    changed_at: number
    gathered_at: number | null
    approval_id: string | null
    /** The two people who approved, by their ids. */
    first_by: string | null
    first_at: number | null
    second_by: string | null
    second_at: number | null
    /** When entries and pictures were seen to: never_match, correction, feedback. */
    guarded_at: number | null
    closed_at: number | null
    done_at: number | null
    /** The reason, and which entries or files are wrong, sealed JSON. */
    facts_sealed: Uint8Array
    /** How many finished reports the letter to NCMEC names. */
    letter_reports: number
    /** The letter's text, sealed JSON; null before all cases are closed, and when there is nothing to correct. */
    letter_sealed: Uint8Array | null
    letter_at: number | null
    letter_sent_at: number | null
    letter_sent_by: string | null
  }
  repair_reasons: {
    id: string
    /** Null: its case was in doubt for another cause. */
    repair_id: string | null
    /** Of a second look. */
    case_id: string | null
    says: 'stands' | 'error' | 'refuse' | 'report'
    by: string
    at: number
    /** Their words, sealed JSON. */
    reason_sealed: Uint8Array
  }
  repair_cases: {
    repair_id: string
    case_id: string
    case_number: number
    /** Which group of one picture it is shown in, from 1; 0 while it is being gathered. */
    picture: number
    does: 'repair' | 'review'
    /** Why it goes to review, or was left. */
    why: string | null
    /** The case's state when it was gathered. */
    state_then: string
    /** stopping: its report is under way and being taken back. closed: the platform has not taken the restore yet. */
    state: 'gathered' | 'stopping' | 'closed' | 'restored' | 'not_taken' | 'in_review' | 'left'
    changed_at: number
    /** Its finished report, which the letter names. */
    report_id: string | null
    event_id: string | null
    restored_at: number | null
    restored_by: string | null
    notice_id: string | null
    /** File, class, algorithm and distance that it is shown by, sealed JSON. */
    shown_sealed: Uint8Array
  }

  // alerts
  operator_alerts: {
    id: string
    /** What, about what, on which day: a second one is not written. */
    once_key: string
    type: string
    subject: string
    severity: 'warning' | 'urgent'
    /** Ids of ours, dates, counts and words of ours; JSON. */
    data: string
    created_at: number
    /** When the webhook took it. */
    posted_at: number | null
    /** The mail it stands in, once that was begun. */
    mail_id: string | null
    mailed_at: number | null
  }
}
