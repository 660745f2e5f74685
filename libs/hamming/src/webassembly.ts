// The little of WebAssembly that is used here, with its types: Node's own types leave them to the browser's.

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  grow(pages: number): number
}

interface MemoryDescriptor {
  readonly initial: number
  readonly maximum: number
  readonly shared: true
}

interface Namespace {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
  readonly Memory: new (descriptor: MemoryDescriptor) => SharedMemory
}

export const { Module, Instance, Memory } = (globalThis as unknown as { WebAssembly: Namespace }).WebAssembly
