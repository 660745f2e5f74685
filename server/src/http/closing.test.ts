import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { systemClock } from '#base'
import { openHttp } from './http.ts'
import { connected, Door, everything, MemoryStages, settings, version } from './testing.ts'

describe('opening and closing', () => {
  test('a port that is taken is told with the key to change, and nothing stays open', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const identify = async () => ({ kind: 'refused', why: 'unknown_key' }) as const
    const open = (change: Partial<typeof settings>) =>
      openHttp({
        settings: { ...settings, ...change },
        version,
        log,
        clock: systemClock,
        identify,
        stages: new MemoryStages(),
      })
    await expect(open({ server: { ...settings.server, port } })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining('server.port'),
    })
    await expect(open({ metrics: { port } })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining('metrics.port'),
    })
    await expect(open({ server: { ...settings.server, host: '192.0.2.1' } })).rejects.toMatchObject({
      code: 'host_unknown',
    })
    taken.close()
  })

  test('closing lets the running scan end, turns away what still comes, and takes no new connection', async () => {
    const door = await Door.open()
    const key = await door.key(['scans:write'])
    const entered = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    door.stages.scan = async () => {
      entered.resolve()
      await release.promise
      return { kind: 'answered', answer: { id: 'scan_1', verdict: 'held' } }
    }
    const socket = await connected(door.url)
    const heard = everything(socket)
    socket.write(
      `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: image/png\r\ncontent-length: 3\r\n\r\nabc`,
    )
    await entered.promise
    // The second caller is in the middle of its head, so its line is no idle one.
    const second = await connected(door.url)
    const secondHeard = everything(second)
    second.write('GET /v1/cases HTTP/1.1\r\n')
    await door.ask('/healthz', undefined)
    let closed = false
    const closing = door.http.close().then(() => {
      closed = true
    })
    second.write('host: x\r\n\r\n')
    const turnedAway = await secondHeard
    expect(turnedAway).toMatch(/^HTTP\/1.1 503 /)
    expect(turnedAway).toContain('retry-after: 5')
    expect(turnedAway).toContain('"code":"shutting_down"')
    await expect(connected(door.url)).rejects.toThrow('ECONNREFUSED')
    expect(closed).toBe(false)
    release.resolve()
    await closing
    const text = await heard
    expect(text).toMatch(/^HTTP\/1.1 200 /)
    expect(text).toContain('"verdict":"held"')
    await door[Symbol.asyncDispose]()
  })

  test('a caller that holds the line does not hold the process', async () => {
    const door = await Door.open()
    const key = await door.key(['scans:write'])
    const socket = await connected(door.url)
    const heard = everything(socket)
    socket.write(
      `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: image/png\r\ncontent-length: 300\r\n\r\nabc`,
    )
    await door.ask('/healthz', undefined)
    await door.http.close(50)
    await heard
    await door[Symbol.asyncDispose]()
  })
})
