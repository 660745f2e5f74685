// The pool of decoder processes: bytes of strangers go in, digests and hashes come out, and a crash stays outside.
export type { Decoders, DecodersSettings } from './decoders.ts'
export type { Digests } from './digests.ts'
export type { FileToRead } from './file.ts'
export { openDecoders } from './pool.ts'
export type { Extracted, Hashed, Picture, Print, Unopened, Unscannable } from './print.ts'
