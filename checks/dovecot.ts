// A throw-away IMAP server for the tests: Debian's dovecot, found or installed, on a free port of this machine, with a folder of
// its own, stopped and deleted afterwards. It never runs as root and reads no configuration of the machine.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

const isRoot = process.getuid?.() === 0
const password = 'drawn'

export interface Dovecot extends AsyncDisposable {
  readonly port: number
  /** A user of its own for each name: every name is known, and a new one has an empty INBOX. `imap://`, in the clear. */
  urlOf(user: string): string
  stop(): Promise<void>
}

export async function startDovecot(): Promise<Dovecot> {
  const program = findDovecot()
  // Short: the sockets in it have paths of at most 107 bytes.
  const folder = mkdtempSync(join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'wl-dove-'))
  const port = await freePort()
  const who = identity()
  for (const name of ['run', 'mail']) mkdirSync(join(folder, name))
  const file = join(folder, 'dovecot.conf')
  writeFileSync(file, configuration(folder, port, who.name))
  if (isRoot) for (const path of ['', 'run', 'mail', 'dovecot.conf']) chownSync(join(folder, path), who.uid, who.gid)
  chmodSync(folder, 0o700)
  const asUser = isRoot ? { uid: who.uid, gid: who.gid, cwd: '/' } : { cwd: '/' }
  const child = spawn(program, ['-F', '-c', file], { stdio: ['ignore', 'pipe', 'pipe'], ...asUser })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const gone = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await Promise.race([
      greeted(port),
      gone.then(() => {
        throw new Error(`dovecot does not start:\n${said}`)
      }),
    ])
  } catch (error) {
    await stop()
    throw error
  }
  const urlOf = (user: string) => `imap://${user}:${password}@127.0.0.1:${port}`
  return { port, urlOf, stop, [Symbol.asyncDispose]: stop }
}

/** With root the Debian package is installed when there is none. */
function findDovecot(): string {
  const found = lookForDovecot()
  if (found) return found
  if (!isRoot)
    throw new Error(
      'The mail tests need an IMAP server, dovecot 2.3, which is not on this machine. Install it with:\n\n' +
        '    sudo apt-get update && sudo apt-get install -y --no-install-recommends dovecot-imapd\n',
    )
  console.log('dovecot is not on this machine: installing the Debian package (once)')
  // policy-rc.d is left alone: a container starts no services, and a machine that does has one more on loopback and its network.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit', env })
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'dovecot-imapd'], {
    stdio: 'inherit',
    env,
  })
  const installed = lookForDovecot()
  if (!installed) throw new Error('the Debian package "dovecot-imapd" was installed, but dovecot is still not found')
  return installed
}

/** A plain user's PATH seldom names sbin. */
function lookForDovecot(): string | undefined {
  const program = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'].find((file) => existsSync(file))
  if (program === undefined || !existsSync('/usr/lib/dovecot/imap')) return undefined
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? ''
  if (version.startsWith('2.3.')) return program
  throw new Error(
    `The mail tests know dovecot 2.3 (Debian 12), and this is ${version.trim()}: its settings have other names.`,
  )
}

/** Whom it runs as: this user, or for root the one the Debian package made. */
function identity(): { readonly name: string; readonly uid: number; readonly gid: number } {
  const id = (...args: string[]) => execFileSync('id', args, { encoding: 'utf8' }).trim()
  const of = isRoot ? ['dovecot'] : []
  return { name: id('-un', ...of), uid: Number(id('-u', ...of)), gid: Number(id('-g', ...of)) }
}

/** For one unprivileged user: no chroot, no other user to become, every path below `folder`. */
function configuration(folder: string, port: number, user: string): string {
  const group = execFileSync('id', ['-gn', user], { encoding: 'utf8' }).trim()
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${folder}/mail/%u
mail_fsync = never
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = home=${folder}/mail/%u
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`
}

/** When it greets, it is there. */
async function greeted(port: number): Promise<void> {
  for (;;) {
    const heard = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('data', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false)).once('close', () => resolve(false))
    })
    if (heard) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
