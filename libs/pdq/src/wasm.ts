// Brings the compiled kernel to life, at once and without a file beside it: the bytes stand in kernel.generated.ts.
import { scalar, simd } from './kernel.generated.ts'

export type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number }

type Module = { readonly module: unique symbol }

/** Part of every engine, but typed only in the library for browsers. */
declare const WebAssembly: {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => Module
  readonly Instance: new (module: Module, imports: object) => { readonly exports: unknown }
}

/** What kernel/kernel.ts exports. All arguments are whole numbers or addresses in its memory, except doubt, slack, scale. */
export type Kernel = {
  readonly memory: Memory
  composeSmall(...args: readonly number[]): void
  accumulateRows(src: number, bytes: number, rows: number, weights: number, sums: number, fresh: 0 | 1): void
  combineColumns(sums: number, table: number, weights: number, scale: number, out: number): void
  gatherRow(row: number, offsets: number, channels: number, out: number): void
  exactOpen(...args: readonly number[]): void
  exactFeed(src: number, rows: number): void
  brightness(row: number, width: number, channels: number, out: number): void
  finish(...args: readonly number[]): number
}

export type Build = 'simd' | 'scalar'

/** A module of one function that answers with a vector: an engine without SIMD calls it invalid. */
const VECTOR = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
)

export function bestBuild(): Build {
  return WebAssembly.validate(VECTOR) ? 'simd' : 'scalar'
}

/** Each hasher has an instance of its own, since the kernel's memory is its workbench. The modules are compiled once. */
export function instantiate(build: Build): Kernel {
  const module = modules[build] ?? new WebAssembly.Module(bytesOf(build === 'simd' ? simd : scalar))
  modules[build] = module
  // The stub runtime calls abort only from code that is not compiled in.
  return new WebAssembly.Instance(module, { env: { abort: () => {} } }).exports as Kernel
}

const modules: Partial<Record<Build, Module>> = {}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
