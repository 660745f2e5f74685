import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('as a process of its own it says where it listens, answers, and ends at SIGTERM', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, '--cybertip-port', '0', '--mail-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const { pid, cybertipline, mailbox } = JSON.parse(line)
    expect(pid).toBe(child.pid)
    const authorization = `Basic ${Buffer.from(`${cybertipline.user}:${cybertipline.password}`).toString('base64')}`
    const status = await fetch(`${cybertipline.baseUrl}/status`, { headers: { authorization } })
    expect(await status.text()).toContain('<responseCode>0</responseCode>')
    expect(await (await fetch(mailbox.pageUrl)).text()).toContain('SANDBOX')
    expect(mailbox.smtpUrl).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/)
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toEqual([0, null])
})
