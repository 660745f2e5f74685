// A browser for the tests: Debian's Chromium, found or installed, started without a network of its own.
import { execFileSync, spawnSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  })
}

/** On PATH; with root the Debian package is installed first when it is missing. */
function findChromium(): string {
  const found = lookForChromium()
  if (found) return found
  if (process.getuid?.() !== 0)
    throw new Error(
      'The browser tests need Chromium, which is not on this machine. Install it with:\n\n' +
        '    sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium\n',
    )
  console.log('Chromium is not on this machine: installing the Debian package (once)')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit', env })
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { stdio: 'inherit', env })
  const installed = lookForChromium()
  if (!installed) throw new Error('the Debian package "chromium" was installed, but chromium is still not to be found')
  return installed
}

function lookForChromium(): string | undefined {
  const told = spawnSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], { encoding: 'utf8' })
  return told.stdout.trim() || undefined
}
