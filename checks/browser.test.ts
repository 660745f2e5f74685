// @wardline/pdq as a browser gets it: packed, its dist served as it is under a strict content security policy.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pixelsOf, vectorsIn } from '../libs/pdq/src/testing/vectors.ts'
import { openChromium } from './chromium.ts'
import { root } from './statics.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'wardline-browser-'))
const vectorsFolder = join(root, 'libs/pdq/vectors')
const vectors = vectorsIn(vectorsFolder)
const pictures = await Promise.all(vectors.map(({ file }) => pixelsOf(vectorsFolder, file)))

/** Runs in the page: hashes each picture, fetched as bytes, and puts what came out where the test can see it. */
const script = `
import { openPdq, pdq, pdqDihedral, toHex } from '/dist/pdq.js'
const pictures = await (await fetch('/pictures')).json()
const build = (() => { try { return openPdq().build } catch (refused) { return refused.name } })()
const results = []
for (const [n, { width, height, channels }] of pictures.entries()) {
  const data = new Uint8Array(await (await fetch('/picture/' + n)).arrayBuffer())
  const pixels = { data, width, height, channels }
  const [line, full] = ['command_line', 'full_resolution'].map((flavour) => pdq(pixels, flavour))
  const { hashes } = pdqDihedral(pixels)
  results.push({
    hash: toHex(line.hash), quality: line.quality, fullResolution: { hash: toHex(full.hash), quality: full.quality },
    dihedral: Object.fromEntries(Object.entries(hashes).map(([turn, hash]) => [turn, toHex(hash)])),
  })
}
const told = Object.assign(document.createElement('pre'), { id: 'told', textContent: JSON.stringify({ build, results }) })
document.body.append(told)
`

let browser: Browser
let server: Server
let origin = ''

beforeAll(async () => {
  const packed = await run('npm', ['pack', '--pack-destination', folder], { cwd: join(root, 'libs/pdq') })
  await run('tar', ['xzf', join(folder, packed.stdout.trim().split('\n').at(-1) ?? ''), '-C', folder])
  server = createServer(({ url = '' }, response) => {
    const [type, body] = answer(url)
    const policy = url === '/without-wasm' ? "script-src 'self'" : "script-src 'self' 'wasm-unsafe-eval'"
    response.setHeader('Content-Security-Policy', `default-src 'none'; connect-src 'self'; ${policy}`)
    response.setHeader('Content-Type', type).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await openChromium()
}, 300_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['/with-wasm', 'simd'],
  // Where the page's policy refuses WebAssembly the plain twin answers.
  ['/without-wasm', 'CompileError'],
])('on a page %s every vector hashes as the reference program hashes it', async (path, build) => {
  const page = await browser.newPage()
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  await page.goto(origin + path)
  const told = JSON.parse((await page.locator('#told').textContent({ timeout: 50_000 })) ?? '')
  await page.close()
  expect(faults).toEqual([])
  expect(told.build).toBe(build)
  expect(told.results).toEqual(
    vectors.map(({ hash, quality, fullResolution, dihedral }) => ({ hash, quality, fullResolution, dihedral })),
  )
})

function answer(url: string): [type: string, body: string | Uint8Array] {
  if (url.startsWith('/with')) return ['text/html', '<!doctype html><script type="module" src="/script.js"></script>']
  if (url === '/script.js') return ['text/javascript', script]
  if (url === '/pictures') return ['application/json', JSON.stringify(pictures.map(({ data: _, ...rest }) => rest))]
  const n = /^\/picture\/(\d+)$/.exec(url)?.[1]
  if (n !== undefined) return ['application/octet-stream', Uint8Array.from(pictures[Number(n)]?.data ?? [])]
  const file = /^\/dist\/[\w.]+\.js$/.exec(url)?.[0]
  return file === undefined ? ['text/plain', ''] : ['text/javascript', readFileSync(join(folder, 'package', file))]
}
