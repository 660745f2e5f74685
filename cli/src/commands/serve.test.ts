import { once } from 'node:events'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openPlace } from '../testing.ts'

it('serves until SIGTERM, logs JSON lines only, and leaves in good order', async () => {
  await using place = await openPlace()
  const server = place.start(['serve'])
  await server.says('End it with Ctrl-C')
  const second = await place.run('serve')
  expect(second).toMatchObject({ code: 2, err: expect.stringContaining('Another Wardline server is running') })
  // Administration goes on beside a running server.
  expect(await place.run('people', 'add', 'Ada', '--email', 'a@x.example', '--role', 'auditor')).toMatchObject({
    code: 0,
  })

  server.child.kill('SIGTERM')
  const { code, out, err } = await server.ended
  expect({ code, err }).toEqual({
    code: 0,
    err: expect.stringMatching(/^Wardline listens on http:\/\/127\.0\.0\.1:\d+, /),
  })
  expect(err).toContain('NOTHING IS REPORTED TO NCMEC')
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
  expect(lines[0]?.['msg']).toContain('NOTHING IS REPORTED TO NCMEC')
  expect((await place.run('audit', 'verify')).code).toBe(0)
  const third = place.start(['serve'])
  await third.says('End it with Ctrl-C')
})

it('waits for an upload that is still coming in, and a second signal ends it at once', async () => {
  await using place = await openPlace()
  const { out: key } = await place.run('api-keys', 'create', '--label', 'slow', '--scope', 'scans:write')
  const server = place.start(['serve'])
  await server.says('End it with Ctrl-C')
  const port = Number(/listens on \S+:(\d+)/.exec(server.said())?.[1])
  const slow = connect({ host: '127.0.0.1', port })
  slow.on('error', () => {})
  const head = ['POST /v1/scans HTTP/1.1', 'host: x', `authorization: Bearer ${key.trim()}`, 'content-length: 1000']
  slow.write([...head, 'content-type: image/png', 'expect: 100-continue', '', ''].join('\r\n'))
  // The server asks for the body: the request is being answered from here on.
  await once(slow, 'data')

  server.child.kill('SIGINT')
  await server.says('A second signal ends at once')
  server.child.kill('SIGTERM')
  expect((await server.ended).code).toBe(143)
  slow.destroy()
})

it('a port that is taken ends the start in a sentence that names the key to change', async () => {
  await using place = await openPlace()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await place.configure({ server: { port } })
  const { code, err } = await place.run('serve')
  expect(code).toBe(2)
  expect(err).toContain(`Port ${port} of 127.0.0.1 is taken by another program; set server.port to a free one.`)
  expect(err).not.toMatch(/^\s+at /m)
  const doctor = await place.run('doctor')
  expect(doctor).toMatchObject({ code: 1, out: expect.stringMatching(/^fail +port +\d+ of 127.0.0.1 is taken/m) })
  other.close()
})

it('the master key of another deployment stops the start', async () => {
  await using place = await openPlace()
  await place.run('people', 'add', 'Ada', '--email', 'a@x.example', '--role', 'auditor')
  await place.configure({ vault: { keyFile: './other.key' } })
  const missing = await place.run('serve')
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('vault key file is missing') })
  await place.write('other.key', `${'7'.repeat(64)}\n`)
  const wrong = await place.run('serve')
  expect(wrong.code).toBe(2)
  expect(await readdir(place.folder)).not.toContain('wardline.db')
})

it('started by a launcher that was killed, it ends in good order all the same', async () => {
  await using place = await openPlace()
  const server = place.start(['serve'], {}, { asPinned: true })
  await server.says('End it with Ctrl-C')
  // What the system does to the channel when the launcher dies.
  const gone = once(server.child, 'exit')
  server.child.disconnect()
  expect(await gone).toEqual([0, null])
  expect(server.said()).toContain('Ending: what is running is brought to an end first')
})

it('says that others of this machine can look into the data folder', async () => {
  await using place = await openPlace()
  await mkdir(join(place.folder, 'data'))
  await chmod(join(place.folder, 'data'), 0o755)
  const server = place.start(['serve'])
  await server.says('the data folder is open to other users of this machine')
})
