// The words on the wire. Server, command line and console read them from here; nobody copies them.
export { account, organisation, origin, type ScanContext, type Surface, scanContext, surfaces } from './context.ts'
export { type WrongKey, wrongKeys } from './wrong-keys.ts'
