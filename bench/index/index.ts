// npm run bench:index -- [--sizes 1000000,10000000] [--sets uniform,skewed] [--skip faiss_11_23_2@10000000@skewed,...]
// The index beside FAISS, a C build of the same idea, usearch, hnswlib and a plain scan: paired runs A B A B, one thread each, this library
// first; queries are timed in the thread's own time, since machines are shared, builds by the clock. Prints a table, and writes a dated record and a chart. Needs Debian's libfaiss-dev, g++ and some 12 GB for 10M.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { exactness } from './exact.ts'
import { type Life, living } from './living.ts'
import { Peer } from './peer.ts'
import { type Measured, record } from './record.ts'
import { CHECKED, distanceOfChecked, SETS, type SetName, TIMED, writeSet } from './sets.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000000' },
    sets: { type: 'string', default: SETS.join() },
    skip: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    exact: { type: 'string', default: '120000' },
    records: { type: 'string', default: join(fileURLToPath(new URL('.', import.meta.url)), 'records') },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'wardline-bench-'))
const rounds = Number(values.rounds)
/** A pass of a slow peer is cut short after about so long. */
const PASS_US = 1_500_000
const BUILD_TIMEOUT_MS = 900_000

interface Rival {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Record<string, string>
  /** Beyond this many codes it would take too long here. */
  readonly most?: number
}

/** Arguments after the kind: codes, how many, queries; then those of FAISS's MultiHash. */
function rivals(codes: string, rows: number, queries: string): Rival[] {
  const files = [codes, String(rows), queries]
  const node = join(here, 'peers/node.ts')
  const faiss = join(folder, 'faiss')
  const peers = { PEERS: folder }
  return [
    { name: 'native_c', command: join(folder, 'ring'), args: files },
    { name: 'native_c_huge_pages', command: join(folder, 'ring'), args: files, env: { HUGE_PAGES: '1' } },
    { name: 'wasm_scan', command: process.execPath, args: [node, 'scan', ...files] },
    { name: 'faiss_flat', command: faiss, args: ['flat', ...files] },
    { name: 'usearch', command: process.execPath, args: [node, 'usearch', ...files], env: peers, most: 100_000 },
    { name: 'hnswlib', command: process.execPath, args: [node, 'hnswlib', ...files], env: peers, most: 100_000 },
    { name: 'faiss_16_16_1', command: faiss, args: ['multihash', ...files, '16', '16', '1'] },
    { name: 'faiss_11_23_2', command: faiss, args: ['multihash', ...files, '11', '23', '2'] },
  ]
}

function compile(): void {
  const native = ['-O3', '-march=native']
  execFileSync('gcc', [...native, join(here, 'peers/ring.c'), '-o', join(folder, 'ring')], { stdio: 'inherit' })
  const libraries = ['-fopenmp', '-lfaiss', '-llapack', '-lblas']
  const built = spawnSync('g++', [...native, join(here, 'peers/faiss.cpp'), '-o', join(folder, 'faiss'), ...libraries])
  if (built.status !== 0) console.log('FAISS is left out: `apt-get install libfaiss-dev g++` brings it')
  // Into the bench's own passing folder: they are rivals, not parts of the product.
  for (const graph of ['usearch@2.25.3', 'hnswlib-node@3.0.0']) {
    const install = ['install', '--no-audit', '--no-fund', '--prefix', folder, graph]
    if (spawnSync('npm', install, { cwd: folder }).status !== 0) console.log(`${graph}: not available`)
  }
}

/** For each distance 0..35: of what lies within 31 bits (told by our scan), the share that was found; and false hits. */
async function recall(
  peer: Peer,
  truth: ReadonlySet<string>,
): Promise<Pick<Measured, 'recall' | 'worstRecall' | 'beyond'>> {
  const path = join(folder, 'hits')
  await peer.run(TIMED, CHECKED, path)
  const found = hitsOf(path)
  const [there, hit] = [new Array(36).fill(0), new Array(36).fill(0)] as [number[], number[]]
  for (const one of truth) {
    const at = distanceOfChecked(Number(one.split(' ')[0]))
    there[at] = (there[at] ?? 0) + 1
    if (found.has(one)) hit[at] = (hit[at] ?? 0) + 1
  }
  const shares = there.flatMap((count, distance) =>
    count === 0 || distance > 31 ? [] : [(hit[distance] ?? 0) / count],
  )
  const all = [...truth].filter((one) => found.has(one)).length
  return {
    recall: all / truth.size,
    worstRecall: Math.min(...shares),
    beyond: [...found].filter((one) => !truth.has(one)).length,
  }
}

function hitsOf(path: string): Set<string> {
  const bytes = readFileSync(path)
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  const hits = new Set<string>()
  for (let i = 0; i < words.length; i += 3) hits.add(`${words[i]} ${words[i + 1]} ${words[i + 2]}`)
  return hits
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

/** The rival and ours by turns, on the same queries: the machine's moods fall on both. */
async function paired(ours: Peer, rival: Peer): Promise<{ ours: number; rival: number; ratio: number }> {
  const probe = await rival.run(0, 20)
  const count = Math.max(20, Math.min(TIMED, Math.floor(PASS_US / probe / 100) * 100))
  const pairs: { ours: number; rival: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const oursUs = await ours.run(0, TIMED)
    pairs.push({ ours: oursUs, rival: await rival.run(0, count) })
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    rival: median(pairs.map((pair) => pair.rival)),
    ratio: median(pairs.map((pair) => pair.rival / pair.ours)),
  }
}

async function compare(set: SetName, rows: number, measured: Measured[]): Promise<void> {
  const [codes, queries] = [join(folder, 'codes'), join(folder, 'queries')]
  writeSet(set, rows, codes, queries)
  const own = [join(here, 'peers/node.ts'), 'ours', codes, String(rows), queries]
  await using ours = await Peer.start(process.execPath, own, BUILD_TIMEOUT_MS)
  if (ours === undefined) throw new Error('our own index did not start')
  let truth: ReadonlySet<string> | undefined
  {
    await using scan = await Peer.start(process.execPath, [own[0] as string, 'scan', ...own.slice(2)], BUILD_TIMEOUT_MS)
    await scan?.run(TIMED, CHECKED, join(folder, 'hits'))
    truth = hitsOf(join(folder, 'hits'))
  }
  await ours.run(0, TIMED)
  const alone: number[] = []
  for (let round = 0; round < rounds; round++) alone.push(await ours.run(0, TIMED))
  const about = { set, rows, bytesPerCode: ours.bytes / rows, buildSeconds: ours.buildSeconds }
  measured.push({ ...about, name: 'wardline', us: median(alone), ratio: 1, ...(await recall(ours, truth)) })
  console.table([measured.at(-1)])
  for (const rival of rivals(codes, rows, queries)) {
    if (
      values.skip.split(',').some((skip) => `${rival.name}@${rows}@${set}`.startsWith(skip) && skip !== '') ||
      rows > (rival.most ?? rows)
    )
      continue
    await using peer = await Peer.start(rival.command, rival.args, BUILD_TIMEOUT_MS, rival.env)
    if (peer === undefined) {
      console.log(`${rival.name}: did not get ready`)
      continue
    }
    const { rival: us, ratio, ours: beside } = await paired(ours, peer)
    const built = { buildSeconds: peer.buildSeconds, bytesPerCode: peer.bytes / rows }
    // A peer that needs a third of a minute for the check is believed to be as exact as at a million.
    const checked =
      us * CHECKED < 20_000_000
        ? await recall(peer, truth)
        : { recall: undefined, worstRecall: undefined, beyond: undefined }
    measured.push({ set, rows, name: rival.name, us, ratio, beside, ...built, ...checked })
    console.table([measured.at(-1)])
  }
}

try {
  compile()
  const exact = await exactness(Number(values.exact))
  console.log(exact)
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    loadAverage: Number(loadavg()[1]?.toFixed(1)),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
  const measured: Measured[] = []
  const lives: Life[] = []
  // Written after each part, so that a run that is cut short leaves what it found.
  const keep = (): void =>
    record(values.records, {
      date: new Date().toISOString().slice(0, 10),
      machine,
      exact,
      measured,
      living: lives,
    })
  for (const rows of values.sizes.split(',').map(Number)) {
    for (const set of values.sets.split(',') as SetName[]) {
      await compare(set, rows, measured)
      keep()
    }
    lives.push(await living(rows))
    console.log(lives.at(-1))
    keep()
  }
  console.table(measured)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
