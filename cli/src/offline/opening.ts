// The river's mouth, as `wardline scan --open-cases` sees it. Who wires the program decides where it is.

/** What became of a hit that was sent down the river. The server decides anew, by its own lists. */
export type Opened =
  | { readonly kind: 'held'; readonly caseNumber?: number | undefined }
  | { readonly kind: 'not_held'; readonly why: string }

export interface Opening {
  /** path: as walked, for the case's context. A Fault means this one hit was not taken; the scan goes on. */
  open(hit: { readonly path: string; readonly bytes: Uint8Array }): Promise<Opened>
  close(): Promise<void>
}
