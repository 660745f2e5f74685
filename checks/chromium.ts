// A browser for the tests: the one WARDLINE_CHROMIUM names, one found on PATH, or Debian's, installed for root.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

export function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), headless: true, ...settingsFor(process.getuid?.()) })
}

/** uid: of this process, undefined where there are none. Without a network of its own; for root Chromium has no sandbox. */
export function settingsFor(uid: number | undefined) {
  return {
    // Left out, playwright would add --no-sandbox for everybody.
    chromiumSandbox: uid !== 0,
    args: [
      ...['--disable-gpu', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  }
}

/** undefined: there is none. An Error when WARDLINE_CHROMIUM names what cannot be run: then no other is meant. */
export function lookForChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env['WARDLINE_CHROMIUM']
  if (named) {
    if (isProgram(named)) return named
    throw new Error(`WARDLINE_CHROMIUM names ${named}, which is not a program that can be run here.`)
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

/** With root the Debian package is installed when there is none. */
function findChromium(): string {
  const found = lookForChromium(process.env)
  if (found) return found
  if (process.getuid?.() !== 0)
    throw new Error(
      'The browser tests need Chromium or Chrome, which is not on this machine. Name one in WARDLINE_CHROMIUM, or install it:\n\n' +
        '    sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium\n',
    )
  console.log('Chromium is not on this machine: installing the Debian package (once)')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit', env })
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { stdio: 'inherit', env })
  const installed = lookForChromium(process.env)
  if (!installed) throw new Error('the Debian package "chromium" was installed, but chromium is still not to be found')
  return installed
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
