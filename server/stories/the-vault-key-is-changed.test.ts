import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { drawPicture, startHashSharing } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import { loadConfig } from '#config'
import { confirmKeyCopy, countSealed, listKeys, retireKey } from '#vault'
import { type Ground, openGround } from '../src/ground.ts'
import { deploy, start, upload } from './deployment.ts'
import { drawn, kinds, World } from './world.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const member = { id: 161, name: 'Member' }

describe.each(kinds)('on %s, the vault’s key is changed', (kind) => {
  it('while pictures are scanned and a list is fetched: no answer is missed, and in the end the new key alone opens all', async () => {
    await using world = await World.open({ database: kind })
    await using service = await startHashSharing({ clock: world.clock, entries: 3_000, members: [member] })
    const { user: username, password } = service.credentials
    const ncmec = { kind: 'ncmec', feed: 'industry_csam', baseUrl: service.baseUrl, username, password } as const
    await world.list([drawPicture(5)])
    const [known, strange] = [await drawn(5), await drawn(6)]
    const before = await world.upload(known)
    await world.until('the notice', () => world.mailbox.messages().length > 0)
    const old = world.wardline.ground.vault.fingerprint
    await world.stop()
    await world.start({ lists: { ncmec: { ...ncmec, everyMinutes: 60, maxAgeHours: 24 } } })

    // From here on somebody asks all the time, the same question under the same key now and then.
    const asking = askAllTheTime(world, known, strange)
    await world.until('both were asked', () => asking.count() >= 2)
    // A person at the command line, beside the server.
    const { ground } = world.wardline
    await using desk = await openGround(ground.config, { clock: world.clock, log: quiet }, { createKey: false })
    const { keyFile } = desk.config.vault
    const { fingerprint } = await desk.vault.rotate({ patienceMs: 0 })
    const copy = join(world.folder, 'copy.key')
    await desk.vault.copyKey(copy, { fingerprint })
    await confirmKeyCopy(copy, { ...desk, keyFile })
    expect(await desk.vault.rotate({ patienceMs: 30_000 })).toEqual({ kind: 'in_use', fingerprint })
    await world.until('the rotation is at its end', () => isEmpty(desk, old))
    await world.until('the list is fetched', () => world.wardline.river.matching.current().size > 2_000)
    const then = asking.count()
    await world.until('both were asked again', () => asking.count() >= then + 2)
    const answers = await asking.end()
    expect(answers.filter(({ ok }) => !ok)).toEqual([])

    expect(await undersOf(desk)).toEqual([fingerprint])
    await retireKey({ ...desk, keyFile }, old, { withoutCopy: true })
    expect(await keyFiles(keyFile)).toEqual([basename(keyFile)])
    const metrics = await (await fetch(world.wardline.metricsUrl ?? '')).text()
    expect(metrics).toMatch(/^wardline_vault_keys 1$/m)
    expect(metrics).toMatch(/^wardline_vault_values_left 0$/m)
    expect(metrics).toMatch(/^wardline_vault_keys_without_copy 0$/m)

    // Only the new key is there now, as after a restore from its copy.
    await world.stop()
    await writeFile(keyFile, await readFile(copy), { mode: 0o600 })
    await world.start()
    const { vault, database } = world.wardline.ground
    expect(vault.fingerprint).toBe(fingerprint)
    await world.until('the known picture is found', async () => (await world.upload(known)).body.verdict === 'held')
    const objects = await database.read.selectFrom('vault_objects').select('id').where('state', '=', 'stored').execute()
    expect(objects.length).toBeGreaterThan(0)
    for (const { id } of objects) {
      const opened = await vault.open(id, { actor: 'wardline', why: 'story' })
      expect((await opened.bytes()).equals(known)).toBe(true)
    }
    // What was sent to a user before is still known: the link to appeal, the scan's state.
    const link = /http:\/\/127\.0\.0\.1:8080(\/appeals\/\S+)/.exec(world.mailbox.messages()[0]?.text ?? '')?.[1]
    expect((await world.ask('GET', link ?? '/no-link')).status).toBe(200)
    expect(await (await world.ask('GET', `/v1/scans/${before.body.id}`)).json()).toMatchObject({ state: 'removed' })
    expect(world.lines.filter(({ level }) => level === 'error')).toEqual([])
    expect(service.inspect().violations).toEqual([])
  }, 120_000)

  it('while a server stands still that never gets the new key: back again it takes no picture until the key is brought', async () => {
    await using world = await World.open({ database: kind })
    await world.list([drawPicture(5)])
    const picture = await drawn(5)
    const { ground } = world.wardline
    const here = ground.config.vault.keyFile
    // A machine of its own, whose key file lies elsewhere.
    const keyFile = join(world.folder, 'elsewhere.key')
    await writeFile(keyFile, await readFile(here), { mode: 0o600 })
    const config = { ...ground.config, vault: { ...ground.config.vault, keyFile } }
    await using desk = await openGround(config, { clock: world.clock, log: quiet }, { createKey: false })
    const old = desk.vault.fingerprint
    await world.until('the new key is in use', async () => {
      // As of a server that has not been heard of for 30 s.
      await desk.database.read
        .deleteFrom('vault_holders')
        .where('opens', '=', JSON.stringify([old]))
        .execute()
      await desk.vault.rotate({ patienceMs: 0, withoutCopy: true }).catch(() => {})
      return desk.vault.fingerprint !== old
    })
    const { fingerprint } = desk.vault
    const readiness = async () => (await world.ask('GET', '/readyz')).json()
    const vault = {
      name: 'vault',
      ok: false,
      words: expect.stringContaining(`named ${basename(here)}.${fingerprint};`),
    }
    await expect
      .poll(readiness, { timeout: 10_000 })
      .toMatchObject({ ready: false, checks: expect.arrayContaining([vault]) })
    // Not 401: that would be about the caller's own key.
    expect(await world.upload(picture)).toMatchObject({ status: 503, body: { code: 'unavailable' } })

    await writeFile(`${here}.${fingerprint}`, await readFile(`${keyFile}.${fingerprint}`), { mode: 0o600 })
    await expect.poll(readiness, { timeout: 10_000 }).toMatchObject({ ready: true })
    expect(await world.upload(picture)).toMatchObject({ status: 200, body: { verdict: 'held' } })
    await world.until('everything is sealed anew', () => isEmpty(desk, old))
    expect(await undersOf(desk)).toEqual([fingerprint])
  }, 120_000)
})

it('on PostgreSQL two servers take up the new key, and when one is killed over the sealing the other ends it', async () => {
  await using outside = await deploy('postgres')
  const servers = await Promise.all([1, 2].map(() => start(outside)))
  const config = loadConfig({ env: {}, overrides: outside.config, folder: outside.folder })
  await using desk = await openGround(config, { clock: systemClock, log: quiet }, { createKey: false })
  const old = desk.vault.fingerprint
  const send = (at: number, server: number) =>
    upload(servers[server]?.url ?? '', {
      key: outside.key,
      bytes: outside.bytes,
      user: `user-${at}`,
      requestKey: `upload-${at}`,
    })
  for (let at = 0; at < 20; at += 1) expect(await send(at, at % 2)).toBe('held')
  const verdicts: Promise<string>[] = []
  const asking = setInterval(() => verdicts.push(send(verdicts.length + 100, verdicts.length % 2)), 40)
  const { fingerprint } = await desk.vault.rotate({ patienceMs: 60_000, withoutCopy: true })
  clearInterval(asking)
  const answered = await Promise.all(verdicts)
  expect(answered.length).toBeGreaterThan(0)
  expect(new Set(answered)).toEqual(new Set(['held']))
  const [dead, alive] = servers
  dead?.child.kill('SIGKILL')
  if (dead !== undefined) await once(dead.child, 'exit')
  await expect.poll(() => isEmpty(desk, old), { timeout: 90_000, interval: 200 }).toBe(true)
  expect(await send(1_000, 1)).toBe('held')
  expect(await undersOf(desk)).toEqual([fingerprint])
  await retireKey({ ...desk, keyFile: config.vault.keyFile }, old, { withoutCopy: true })
  expect(await send(1_001, 1)).toBe('held')
  alive?.child.kill('SIGTERM')
  if (alive !== undefined) expect(await once(alive.child, 'exit')).toEqual([0, null])
}, 180_000)

/** Known and unknown pictures in turn, until told to stop; each answer is what it has to be or is kept as it was. */
function askAllTheTime(world: World, known: Uint8Array, strange: Uint8Array) {
  const answers: { readonly ok: boolean; readonly status: number; readonly body: unknown }[] = []
  let ended = false
  const asking = (async () => {
    while (!ended) {
      const isKnown = answers.length % 2 === 0
      const { status, body } = await world.upload(isKnown ? known : strange)
      answers.push({ ok: status === 200 && body.verdict === (isKnown ? 'held' : 'clear'), status, body })
    }
  })()
  const end = async () => {
    ended = true
    await asking
    return answers
  }
  return { count: () => answers.length, end }
}

async function isEmpty({ database }: Ground, fingerprint: string): Promise<boolean> {
  return (await listKeys(database.read)).some((key) => key.fingerprint === fingerprint && key.state === 'empty')
}

/** Which keys any sealed value there is needs. */
async function undersOf({ database }: Ground): Promise<string[]> {
  return [...new Set((await countSealed(database.read)).flatMap(({ under }) => [...under.keys()]))]
}

async function keyFiles(keyFile: string): Promise<string[]> {
  return (await readdir(dirname(keyFile))).filter((name) => name.startsWith(basename(keyFile)))
}
