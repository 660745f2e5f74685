// What browsers get of us, in a real one: @wardline/pdq, packed and served under a strict content security policy; the appeal
// page in every language, without scripts, by keyboard alone; the letters that lead there.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pixelsOf, vectorsIn } from '../libs/pdq/src/testing/vectors.ts'
import { Door } from '../server/src/http/testing.ts'
import { noticeText, ourTexts } from '../server/src/notices/notices.ts'
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

describe('without scripts, on a narrow screen', () => {
  let door: Door
  let page: Page
  /** axe is a script itself: it looks at what the page without scripts shows, in a second one. */
  let judge: Page
  beforeAll(async () => {
    door = await Door.open({ cybertip: { platform: 'Example Pictures' } })
    const viewport = { width: 320, height: 640 }
    page = await browser.newPage({ viewport, javaScriptEnabled: false })
    judge = await browser.newPage({ viewport })
    for (const one of [page, judge]) one.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await page?.close()
    await judge?.close()
    await door?.[Symbol.asyncDispose]()
  })

  /** The language it is in, what offends the rules, and whether it must be scrolled sideways. */
  const standing = async (html?: string) => {
    await judge.setContent(html ?? (await page.content()))
    return {
      language: await judge.getAttribute('html', 'lang'),
      offences: await offences(judge),
      fits: await judge.evaluate('document.documentElement.scrollWidth <= 320'),
    }
  }

  test.each([...ourTexts().languages.keys()])(
    'the appeal page in %s is used by keyboard alone, and neither it nor a letter offends a rule of WCAG',
    async (language) => {
      const well = { language, offences: [], fits: true }
      const focused = () => page.evaluate('document.activeElement.id || document.activeElement.className')
      const send = async () => {
        await page.keyboard.press('Tab')
        await page.keyboard.press('Enter')
      }
      await judge.emulateMedia({ colorScheme: 'light' })
      // A link of another language leads to this one.
      await page.goto(`${door.url}/appeals/known?language=${language === 'en' ? 'de' : 'en'}`)
      await page.locator(`nav a[lang="${language}"]`).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(`**/appeals/known?language=${language}`)
      expect(await standing()).toEqual(well)

      await page.keyboard.press('Tab')
      expect(await focused()).toBe('skip')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      expect(await focused()).toBe('words')
      await page.keyboard.type('  ')
      await send()
      await page.waitForURL('**/v1/appeals?*')
      expect(await standing()).toEqual(well)
      // What is to be mended has the focus already.
      expect(await focused()).toBe('words')
      const words = `${language}: It is my own drawing.\nЯ 私 나`
      await page.keyboard.insertText(words)
      await send()
      await page.waitForURL(`**/appeals/received?language=${language}`)
      expect(await standing()).toEqual(well)
      expect(door.stages.appeals.at(-1)).toEqual({ token: 'known', words })

      await judge.emulateMedia({ colorScheme: 'dark' })
      await page.goto(`${door.url}/appeals/unknown?language=${language}`)
      expect(await standing()).toEqual(well)
      expect(await standing(letter(language))).toEqual(well)
    },
  )
})

/** With everything that a letter may hold. */
function letter(locale: string): string {
  const policy = {
    environment: 'sandbox',
    platform: 'Example Pictures',
    helpLines: { '*': [{ name: 'Somebody', reach: 'help.example.org' }] },
    dsa: { clause: 'section 4' },
  } as const
  const link = `https://x.example/appeals/${'a'.repeat(60)}`
  return noticeText(ourTexts(), policy, {
    ...({ kind: 'reported', addressee: 'user', isTest: true, variant: 'may_be_child' } as const),
    ...({ locale, country: null, disabled: 'permanently', link, appealBy: 1e12, replyAddress: null } as const),
  }).html
}

async function offences(page: Page): Promise<readonly string[]> {
  const { violations, incomplete } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    // No frames: then it need not open a second page for each look.
    .setLegacyMode(true)
    .analyze()
  return [...violations, ...incomplete].map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

function answer(url: string): [type: string, body: string | Uint8Array] {
  if (url.startsWith('/with')) return ['text/html', '<!doctype html><script type="module" src="/script.js"></script>']
  if (url === '/script.js') return ['text/javascript', script]
  if (url === '/pictures') return ['application/json', JSON.stringify(pictures.map(({ data: _, ...rest }) => rest))]
  const n = /^\/picture\/(\d+)$/.exec(url)?.[1]
  if (n !== undefined) return ['application/octet-stream', Uint8Array.from(pictures[Number(n)]?.data ?? [])]
  const file = /^\/dist\/[\w.]+\.js$/.exec(url)?.[0]
  return file === undefined ? ['text/plain', ''] : ['text/javascript', readFileSync(join(folder, 'package', file))]
}
