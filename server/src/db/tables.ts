// Every table and column, as Kysely reads them. Times are epoch milliseconds; blobs are sealed by the vault; JSON is text.
// A folder writes only its own tables (the comment above each block names the owner), in its `store.ts`.

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

  // lists
  lists: {
    id: string
    environment: string
    class: string
    radius_bits: number
    created_at: number
    changed_at: number
  }
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
  }
  case_files: {
    id: string
    case_id: string
    vault_id: string
    sha256_hmac: string
    /** Digests, prints, name, context of this file and the grounds of its match, sealed JSON. */
    facts_sealed: Uint8Array
    added_at: number
  }

  // reports
  reports: {
    id: string
    case_id: string
    environment: string
    state: 'waiting' | 'filing' | 'finished' | 'needs_person' | 'cannot_report' | 'filed_by_hand'
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
    created_at: number
    changed_at: number
    finished_at: number | null
  }
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

  // notices
  notices: {
    id: string
    report_id: string
    case_id: string
    addressee: 'user' | 'organisation'
    state: 'waiting' | 'sending' | 'sent' | 'not_sent' | 'dead'
    reason: string | null
    /** Address, locale and what the text needs, sealed JSON. */
    to_sealed: Uint8Array
    due_at: number
    attempts: number
    /** When a worker last began to send it. */
    begun_at: number | null
    sent_at: number | null
    created_at: number
  }

  // appeals
  appeals: { id: string; case_id: string; notice_id: string; words_sealed: Uint8Array; received_at: number }
}
