// The launcher under an older Node than Wardline needs: a real one where the machine has it, and everywhere one that only says it is old.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { root } from './statics.ts'

const saysItIsOld =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}});" +
  "Object.defineProperty(process,'version',{value:'v20.1.0'})"

const olderNodes = [
  { node: process.execPath, args: ['--import', saysItIsOld], named: 'a Node that says it is 20' },
  ...realOlderNodes().map((node) => ({ node, args: [], named: `the older Node in ${node}` })),
]

const houses = mkdtempSync(join(tmpdir(), 'wardline-launcher-'))
afterAll(() => rmSync(houses, { recursive: true, force: true }))

describe.each(olderNodes)('on $named', ({ node, args }) => {
  test('without a pinned Node it ends with one sentence and exit 2', async () => {
    const ended = await end(start(node, [...args, house({ pinned: false })]))
    expect(ended.code).toBe(2)
    expect(ended.err).toMatch(/^wardline needs Node 24 or newer, and this is v\d+[.\d]+\. .*`npm ci`.*\.\n$/)
    expect(ended.out).toBe('')
  })

  test('the pinned Node takes over with the same words, and its exit code comes back', async () => {
    const ended = await end(start(node, [...args, house({ pinned: true }), 'exit', 'with', 'these words']))
    expect(ended).toMatchObject({ code: 7, err: '' })
    const said: { readonly words: string[]; readonly version: string } = JSON.parse(ended.out)
    expect(said.words).toEqual(['exit', 'with', 'these words'])
    expect(said.version).toBe(process.version)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s reaches the program, which ends in its own way',
    async (signal) => {
      const child = start(node, [...args, house({ pinned: true }), 'wait'])
      await once(nonNull(child.stdout), 'data')
      child.kill(signal)
      expect(await end(child)).toMatchObject({ code: 5, out: signal })
    },
  )

  test('a program that a signal killed is told as killed', async () => {
    const ended = await end(start(node, [...args, house({ pinned: true }), 'die']))
    expect(ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })
})

test('on a Node that is new enough it runs in this very process', async () => {
  const child = start(process.execPath, [house({ pinned: false }), 'exit'])
  const ended = await end(child)
  expect(ended.code).toBe(7)
  expect(JSON.parse(ended.out)).toMatchObject({ pid: child.pid })
})

/** A folder with the launcher, a program that tells what reached it, and perhaps a pinned Node. Gives the launcher's path. */
function house({ pinned }: { readonly pinned: boolean }): string {
  const folder = mkdtempSync(join(houses, 'house-'))
  mkdirSync(join(folder, 'cli/src'), { recursive: true })
  cpSync(join(root, 'cli/bin'), join(folder, 'cli/bin'), { recursive: true })
  writeFileSync(join(folder, 'cli/package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'cli/src/wardline.ts'),
    `const words: string[] = process.argv.slice(2)
if (words[0] === 'exit') {
  console.log(JSON.stringify({ words, version: process.version, pid: process.pid }))
  process.exitCode = 7
}
if (words[0] === 'die') process.kill(process.pid, 'SIGTERM')
if (words[0] === 'wait') {
  const alive = setInterval(() => {}, 1000)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => {
      process.stdout.write(signal)
      process.exitCode = 5
      clearInterval(alive)
    })
  process.stdout.write('up')
}
`,
  )
  if (pinned) {
    mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true })
    symlinkSync(process.execPath, join(folder, 'node_modules/node/bin/node'))
  }
  return join(folder, 'cli/bin/wardline.mjs')
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

function start(node: string, args: readonly string[]): ChildProcess {
  return spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What was said from now on, and how it ended. */
async function end(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', '']
  child.stdout?.on('data', (bytes) => {
    out += bytes
  })
  child.stderr?.on('data', (bytes) => {
    err += bytes
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, out, err }
}

function nonNull<T>(value: T | null): T {
  if (value === null) throw new Error('the child has no pipe')
  return value
}

function realOlderNodes(): string[] {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const older = [...new Set(places)].filter((node) => majorOf(node) < 24)
  return older.slice(0, 1)
}

function majorOf(node: string): number {
  try {
    return Number(
      execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8', stdio: 'pipe' }),
    )
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
