// The ground: who, what was done, what is to be done, and the keys. A folder writes only its own tables: the comment above each block names the owner.
export interface GroundTables {
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
    kind: 'case' | 'report' | 'notice' | 'unknown'
    /** Of ours: a case, a report that takes an earlier one back, or a notice; unknown: a report or a notice that only the logbook knows. */
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
}
