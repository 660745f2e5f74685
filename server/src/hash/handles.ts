// Handles that this program got from whoever started it, and would hand on unknowingly to each process it starts.
import { openSync, readdirSync, readFileSync } from 'node:fs'

/**
 * What a child's `stdio` must hold from index 5 on so that it inherits none of them: /dev/null in their places. Node closes
 * its own handles in children and the first sixteen it was given, but a shell, a service manager or a job runner may have
 * left one higher up. On macOS none is handed on in the first place. Throws the system's error when it cannot look: then no
 * child may be started.
 */
export function blankedHandles(): readonly (number | 'ignore')[] {
  const inherited = new Set(handedOn())
  const highest = Math.max(0, ...inherited)
  if (highest === 0) return []
  // Opened once per process of ours and closed in the child by itself: Node marks it so.
  nothing ??= openSync('/dev/null', 'r')
  const blank = nothing
  return Array.from({ length: highest - 4 }, (_, at) => (inherited.has(at + 5) ? blank : 'ignore'))
}

let nothing: number | undefined

/** Open handles above the two pipes' that are not marked close-on-exec (octal 02000000 in Linux's `flags`). */
function handedOn(): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((fd) => fd > 4 && fd < MOST && !isClosedOnExec(fd))
}

const MOST = 65_536

function isClosedOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0'
    return (Number.parseInt(flags, 8) & 0o2000000) !== 0
  } catch (error) {
    // Closed since the folder was read: it was the handle of that reading. Anything else leaves us not knowing.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true
    throw error
  }
}
