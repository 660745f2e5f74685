// One program under comparison, in a process of its own. Protocol: it says `built <seconds> <bytes>`; then for each line
// `<from> <count> <path or ->` it answers those queries one by one, writes (query, id, distance) as u32 to the path, and says
// `ran <microseconds per query>`.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export class Peer implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  buildSeconds = 0
  bytes = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    if (child.stdout === null) throw new Error('a peer without output')
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** Undefined if it does not get ready in time, or at all. */
  static async start(command: string, args: readonly string[], timeoutMs: number, env = {}): Promise<Peer | undefined> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
    child.on('error', () => {})
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const peer = new Peer(child)
    const built = await peer.#line()
    clearTimeout(timer)
    if (built === undefined) return undefined
    const [, seconds, bytes] = built.split(' ')
    peer.buildSeconds = Number(seconds)
    peer.bytes = Number(bytes)
    return peer
  }

  /** Microseconds per query. */
  async run(from: number, count: number, path = '-'): Promise<number> {
    this.#child.stdin?.write(`${from} ${count} ${path}\n`)
    const ran = await this.#line()
    if (ran === undefined) throw new Error('a peer ended while it was asked')
    return Number(ran.split(' ')[1])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await new Promise((resolve) => this.#child.once('exit', resolve))
    }
  }

  async #line(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next()
    return done === true ? undefined : value
  }
}
