import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { emptyDatabase } from '../../../server/src/db/testing.ts'
import { openPlace } from '../testing.ts'

it.each(['sqlite', 'postgres'] as const)(
  'on %s a key is changed step by step, beside a running server, and each step says the next',
  async (kind) => {
    const settings = await emptyDatabase(kind)
    await using place = await openPlace(settings.kind === 'postgres' ? { database: { url: settings.url } } : {})
    const server = place.start(['serve'])
    await server.says('End it with Ctrl-C')
    const vault = (...args: string[]) => place.run('vault', ...args)
    const status = async () =>
      (await vault('status', '--json')).out
        .trimEnd()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line))
    const [only] = await status()
    const old = String(only?.['fingerprint'])
    expect(only).toMatchObject({ state: 'in_use' })
    expect((await vault('key', 'retire', old)).code).toBe(2)
    const said = (await vault('status')).out
    expect(said).toMatch(/in use, seals what is new +\d+ values? .* never$/m)
    expect(said).toContain(
      `No copy of ${old} was ever shown to be good: if the disk with its file dies, all evidence is lost.`,
    )
    expect(said).toContain('wardline vault key copy FILE ')
    const nowhere = await vault('key', 'copy', 'no/such/folder/x')
    expect(nowhere).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^The copy cannot be written there: there is no such/),
    })
    expect(nowhere.err).not.toContain('ENOENT')

    const first = await vault('key', 'rotate')
    expect(first).toMatchObject({ code: 1, err: '', out: expect.stringContaining('not in use yet') })
    const next = /key copy FILE --key ([0-9a-f]{16})/.exec(first.out)?.[1] ?? ''
    expect((await place.run('doctor')).out).toContain(`the key ${next} is made and not in use yet`)
    expect((await vault('key', 'copy', 'next.copy', '--key', next)).code).toBe(0)
    expect((await vault('key', 'confirm', 'next.copy')).out).toContain(next)
    expect(await vault('key', 'rotate', '--as', 'nobody@x.example')).toMatchObject({ code: 2 })
    expect(await vault('key', 'rotate')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`The key ${next} is in use.`),
    })
    await expect.poll(async () => (await vault('status')).out, { timeout: 60_000 }).toContain(`No value needs ${old}`)

    const refused = await vault('key', 'retire', old)
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no copy of it was ever confirmed, and backups made before/),
    })
    expect((await vault('key', 'copy', 'old.copy', '--key', old)).code).toBe(0)
    expect((await vault('key', 'confirm', 'old.copy')).code).toBe(0)
    const retired = await vault('key', 'retire', old)
    expect(retired).toMatchObject({
      code: 0,
      out: expect.stringContaining('Backups made before the rotation open only with it'),
    })
    expect(await readFile(join(place.folder, 'vault.key'), 'utf8')).toBe(
      await readFile(join(place.folder, 'next.copy'), 'utf8'),
    )
    expect((await readdir(place.folder)).filter((name) => name.startsWith('vault.key'))).toEqual(['vault.key'])
    expect(await status()).toMatchObject([
      { fingerprint: old, state: 'retired' },
      { fingerprint: next, state: 'in_use' },
    ])
    const doctor = await place.run('doctor')
    expect(doctor.out).not.toContain('key rotation')
    expect((await vault('key', 'check')).out).toContain(next)

    const taken = await vault('key', 'rotate')
    expect(taken.code).toBe(1)
    expect(await vault('key', 'rotate', '--abandon')).toMatchObject({
      code: 0,
      out: expect.stringContaining('was taken away'),
    })
    expect(await vault('key', 'rotate', '--abandon')).toMatchObject({
      code: 0,
      out: expect.stringContaining('No rotation'),
    })
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    for (const words of [server.said(), doctor.out, retired.out]) expect(words).not.toMatch(/[0-9a-f]{64}/)
  },
  180_000,
)
