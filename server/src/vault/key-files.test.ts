// The files of keys in a folder that whoever runs the command may not write in.
import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openSeals } from './seal.ts'

/** For root no folder is read-only, so it becomes nobody. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0

const program = `
  const { dropKey } = await import(process.argv[1])
  if (${isRoot}) process.setuid(${nobody})
  await dropKey(process.argv[2], process.argv[3], process.argv[4]).then(
    () => console.log(JSON.stringify({ done: true })),
    ({ code, retry, message }) => console.log(JSON.stringify({ code, retry, message })),
  )`

it("a retired key's file that cannot be taken away stays, and the words say what to do; asked again, it goes", async () => {
  // The tests' own folder for passing files is root's alone, and nobody could not even reach it.
  const folder = await mkdtemp(join(isRoot ? '/tmp' : tmpdir(), 'wardline-keys-'))
  const keyFile = join(folder, 'vault.key')
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const
  const [retired, inUse] = [openSeals(keys[0]).fingerprint, openSeals(keys[1]).fingerprint]
  const files = [keyFile, `${keyFile}.${inUse}`]
  for (const [at, file] of files.entries()) await writeFile(file, `${keys[at]?.toString('hex')}\n`, { mode: 0o600 })
  if (isRoot) for (const each of [folder, ...files]) await chown(each, nobody, nobody)
  const drop = async (): Promise<unknown> => {
    const module = new URL('./key-files.ts', import.meta.url).href
    const run = ['--input-type=module', '-e', program, module, keyFile, retired, inUse]
    return JSON.parse((await promisify(execFile)(process.execPath, run)).stdout)
  }
  await chmod(folder, 0o500)
  expect(await drop()).toEqual({
    code: 'key_unreadable',
    retry: 'later',
    message: expect.stringMatching(/cannot be taken away \(EACCES\): .* run the same command again$/),
  })
  expect((await readdir(folder)).length).toBe(2)
  await chmod(folder, 0o700)
  expect(await drop()).toEqual({ done: true })
  expect(await readdir(folder)).toEqual(['vault.key'])
  await rm(folder, { recursive: true })
})
