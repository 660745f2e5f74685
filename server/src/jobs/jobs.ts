// Work that must happen: written in the transaction that asks for it, done at least once, visible when it cannot be.
export { enqueue, enqueueAllNow, enqueueBy, enqueueNow, type NewJob } from './enqueue.ts'
export { finish, holdLease, holdsLease, writeEvenLate } from './lease.ts'
export { retryJob } from './retry.ts'
export type { Job } from './store.ts'
export { countJobs, dropJobs, hasJob, type JobRow, type JobState, listJobs, releaseJobs } from './store-outside.ts'
export { type Handler, type Outcome, openWorker, type Worker, type WorkerSettings } from './worker.ts'
