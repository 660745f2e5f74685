// The ground under everything: time, chance, names of environments, and the one shape of a failure.
export { type Clock, systemClock } from './clock.ts'
export { type Environment, environments, isProduction, NOTHING_IS_REPORTED } from './environment.ts'
export { Fault, type Retry } from './fault.ts'
export { type Id, leastId, newId } from './id.ts'
export type { Log } from './log.ts'
export { never } from './never.ts'
export { chance, secretBytes, secretText } from './random.ts'
export { signWebhook } from './webhook.ts'
