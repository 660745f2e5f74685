import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const start = (...flags: string[]) => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  return spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('as a process of its own it says where it listens, answers, and ends at SIGTERM', async () => {
  const child = start('--cybertip-port', '0', '--mail-port', '0')
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

test('list services start with it when they are given a port', async () => {
  const flags = ['--hashsharing-port', '0', '--hashsharing-environment', 'npo_csam', '--threatexchange-port', '0']
  const child = start(...flags, '--list-entries', '30', '--list-seed', '7')
  const ended = once(child, 'exit')
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const { hashSharing, threatExchange } = JSON.parse(line)
    const authorization = `Basic ${Buffer.from(`${hashSharing.user}:${hashSharing.password}`).toString('base64')}`
    const status = await fetch(`${hashSharing.baseUrl}/v2/status`, { headers: { authorization } })
    expect(new URL(hashSharing.baseUrl).pathname).toBe('/npo')
    expect(await status.text()).toContain('<username>npo_csam-test</username>')
    const entries = await (await fetch(`${hashSharing.pageUrl}entries`)).text()
    expect(entries.trim().split('\n').length).toBeGreaterThan(20)
    const { baseUrl, group, accessToken } = threatExchange
    const updates = await fetch(`${baseUrl}/${group}/threat_updates/?access_token=${encodeURIComponent(accessToken)}`)
    expect(await updates.json()).toMatchObject({ data: expect.any(Array) })
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toEqual([0, null])
})
