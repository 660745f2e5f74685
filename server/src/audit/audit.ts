// The audit trail: who did what to which of our things, written in the transaction of the act itself and chained
// afterwards, so that a removed or altered line is noticed. The format is docs/formats/audit-trail.md.
export { type Actor, type AuditLine, type Detail, record } from './record.ts'
export { openSequencer, type Sequencer } from './sequence.ts'
export { firstLine, linesAbout, readTrail, type TrailLine, trailPage } from './store.ts'
export { type TrailVerdict, verifyTrail } from './verify.ts'
