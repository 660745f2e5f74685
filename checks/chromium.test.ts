// Which browser the tests take, and that it keeps its sandbox wherever it can.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lookForChromium, settingsFor } from './chromium.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wardline-chromium-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test.each(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])('%s on PATH is found', (name) => {
  const program = programNamed(name)
  expect(lookForChromium({ PATH: `/nowhere:${folder}` })).toBe(program)
})

test('the first of the names is taken, wherever on PATH it lies', () => {
  programNamed('google-chrome')
  mkdirSync(join(folder, 'later'))
  const program = programNamed('later/chromium')
  expect(lookForChromium({ PATH: `${folder}:${folder}/later` })).toBe(program)
})

test('WARDLINE_CHROMIUM names another one, and nothing else is taken then', () => {
  programNamed('chromium')
  const mine = programNamed('mine')
  expect(lookForChromium({ PATH: folder, WARDLINE_CHROMIUM: mine })).toBe(mine)
  expect(() => lookForChromium({ PATH: folder, WARDLINE_CHROMIUM: `${folder}/none` })).toThrow(/WARDLINE_CHROMIUM/)
})

test('what cannot be run is not taken, and without any there is none', () => {
  chmodSync(programNamed('chromium'), 0o644)
  mkdirSync(join(folder, 'google-chrome'))
  expect(lookForChromium({ PATH: folder })).toBeUndefined()
  expect(lookForChromium({ PATH: folder, WARDLINE_CHROMIUM: '' })).toBeUndefined()
  expect(lookForChromium({})).toBeUndefined()
})

test('only root, for whom Chromium has none, goes without the sandbox', () => {
  expect(settingsFor(0).chromiumSandbox).toBe(false)
  expect(settingsFor(1000).chromiumSandbox).toBe(true)
  expect(settingsFor(undefined).chromiumSandbox).toBe(true)
  expect(settingsFor(1000).args).not.toContain('--no-sandbox')
})

function programNamed(name: string): string {
  const file = join(folder, name)
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
  return file
}
