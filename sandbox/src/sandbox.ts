/** The outside world in miniature. It imports nothing of Wardline, so that it can judge it. */
export type { Clock } from './clock/still.ts'
export { realClock, StillClock } from './clock/still.ts'
export * from './cybertipline/cybertipline.ts'
export * from './mailbox/mailbox.ts'
export * from './pictures/pictures.ts'
export { spoiled } from './pictures/spoiled.ts'
