// How much memory a process holds, as the system counts it.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const isLinux = process.platform === 'linux'

/** Asking is a file read on Linux (0.1 ms) and a whole process elsewhere. */
export const MEMORY_EVERY_MS = isLinux ? 25 : 250

/** Resident megabytes (2^20 bytes); 0 for a process that is gone. */
export async function residentMb(pid: number): Promise<number> {
  try {
    return isLinux ? await fromProc(pid) : Number((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout) / 1024
  } catch {
    return 0
  }
}

/** `status` and not `statm`: it counts in kB whatever the machine's page size is. */
async function fromProc(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024
}
