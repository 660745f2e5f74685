// A throw-away PostgreSQL cluster for the tests: found or installed, started on a free port, stopped and deleted afterwards.
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

const isRoot = process.getuid?.() === 0
const oldestVersion = 15

/** Where initdb and pg_ctl are; with root the Debian package is installed first when they are missing. */
function findPostgres(): string {
  const found = lookForPostgres()
  if (found) return found
  if (!isRoot)
    throw new Error(
      `The tests need a PostgreSQL server (${oldestVersion} or newer), which is not on this machine. Install it with:\n\n` +
        '    sudo apt-get update && sudo apt-get install -y --no-install-recommends postgresql\n',
    )
  console.log('PostgreSQL is not on this machine: installing the Debian package (once)')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit', env })
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'postgresql'], { stdio: 'inherit', env })
  const installed = lookForPostgres()
  if (!installed) throw new Error('the Debian package "postgresql" was installed, but initdb is still not to be found')
  return installed
}

/** The newest Debian package first, then whatever is on PATH; undefined when none is new enough. */
function lookForPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : []
  const places = versions
    .filter((version) => version >= oldestVersion)
    .sort((a, b) => b - a)
    .map((version) => join(debian, String(version), 'bin'))
  const told = spawnSync('pg_config', ['--bindir', '--version'], { encoding: 'utf8' })
  const [bindir = '', version = ''] = told.stdout?.split('\n') ?? []
  if (Number(/\d+/.exec(version)?.[0]) >= oldestVersion) places.push(bindir)
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'pg_ctl')))
}

export interface Cluster {
  /** A superuser's connection string to the database `postgres`. */
  readonly url: string
  stop(): void
}

export async function startPostgres(): Promise<Cluster> {
  const bin = findPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'wardline-pg-'))
  // PostgreSQL refuses to run as root: the Debian package made the user `postgres`, who takes the folder.
  if (isRoot) chownSync(folder, userId('-u'), userId('-g'))
  const port = await freePort()
  run(join(bin, 'initdb'), [
    '-D',
    join(folder, 'data'),
    '-U',
    'wardline',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ])
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} -c fsync=off -c full_page_writes=off -c max_connections=200`
  run(join(bin, 'pg_ctl'), ['-D', join(folder, 'data'), '-l', join(folder, 'log'), '-w', '-o', options, 'start'])
  return {
    url: `postgres://wardline@127.0.0.1:${port}/postgres`,
    stop: () => {
      run(join(bin, 'pg_ctl'), ['-D', join(folder, 'data'), '-m', 'immediate', 'stop'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function run(command: string, args: readonly string[]): void {
  const asUser = isRoot ? { uid: userId('-u'), gid: userId('-g'), cwd: '/' } : {}
  const done = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...asUser })
  if (done.status !== 0)
    throw new Error(`${command} failed:\n${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`)
}

function userId(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
