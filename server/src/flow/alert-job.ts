// Asks for a word to the operator's own machines, in the transaction that makes it necessary.

/** subject: an entry that was set aside, or the scan that met a canary, or a pause. */
export const alertJob = (subject: string) => ({ kind: 'alert_entry', subject, uniqueKey: `alert_entry ${subject}` })
