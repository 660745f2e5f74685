// What a platform must act on: written with what makes it necessary, sent until the platform takes it, kept to be fetched.
export { type PlatformEvent, raiseEvent } from './raise.ts'
export { type Delivered, eventDelivered } from './store.ts'
