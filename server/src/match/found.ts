// The question: what was made of an image.

/** What is looked up: the digests of the file as received and, of each picture in it, both flavours of PDQ. */
export interface Found {
  /** Lower-case hex. */
  readonly digests: { readonly md5: string; readonly sha1: string; readonly sha256: string }
  readonly pictures: readonly {
    readonly index: number
    /** 32 bytes and 0..100 each. */
    readonly commandLine: { readonly hash: Uint8Array; readonly quality: number }
    readonly fullResolution: { readonly hash: Uint8Array; readonly quality: number }
  }[]
}
