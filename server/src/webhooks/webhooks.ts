// What a platform must act on: written with what makes it necessary, sent until the platform takes it, kept to be fetched.
export { forgetEvents } from './forget.ts'
export {
  giveUpMs,
  handToPerson,
  isAwaited,
  isNumberedAnew,
  markDelivered,
  markFailed,
  markKept,
  markTaken,
  mostAtOnce,
  replayEvent,
} from './journal.ts'
export { removeTestEvents, testEventsAbout } from './of-tests.ts'
export { type PostOutcome, post, type WebhookSettings } from './post.ts'
export { type Probe, probeEndpoint } from './probe.ts'
export { type PlatformEvent, raiseEvent } from './raise.ts'
export { recallEvents, settleEvent } from './recall.ts'
export { bodyOf, type Delivered, deliveredOf, type EventState, eventOf, eventRow } from './store.ts'
export { numberEvents } from './store-number.ts'
export { countEvents, type EventFigures, eventsAfter, listEvents, showEvent } from './views.ts'
