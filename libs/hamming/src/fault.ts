// The world failing: what can go wrong here through nobody's mistake in calling, by name.

export type FaultCode =
  /** The system has not so much memory. The list as it was keeps answering. */
  | 'out_of_memory'
  /** A worker thread ended unasked. The list as it was keeps answering. */
  | 'worker_died'
  /** The index was closed. */
  | 'closed'
  | SnapshotTrouble

/** Why a snapshot is refused. `sealed`: it is, and no `unseal` was given; `unsealed`: the other way round. */
export type SnapshotTrouble = 'not_a_snapshot' | 'unknown_format' | 'sealed' | 'unsealed' | 'truncated' | 'altered'

export class HammingFault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, options?: ErrorOptions) {
    super(`hamming: ${code}`, options)
    this.name = 'HammingFault'
    this.code = code
  }
}

/** What a thread of ours or the system ran into; a bug stays one. */
export function faultOf(error: unknown): HammingFault {
  if (error instanceof HammingFault) return error
  if (error instanceof RangeError) return new HammingFault('out_of_memory', { cause: error })
  throw error
}
