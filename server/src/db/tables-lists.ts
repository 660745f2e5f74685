// The hash lists, what people decide about their entries, and how they are fetched. A folder writes only its own tables: the comment above each block names the owner.
export interface ListTables {
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
}
