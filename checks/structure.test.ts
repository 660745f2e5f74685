// The import rules are only worth something if they bite: forbidden imports are planted in a tree of their own and must be refused.
import { execFile } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cruised, root } from './statics.ts'

/** [rule that must refuse it, file, what the file imports] */
const forbidden = [
  ['order-base', 'server/src/base/early.ts', '#flow'],
  ['order-match', 'server/src/match/early.ts', '#decide'],
  ['order-http', 'server/src/http/http.ts', '../main.ts'],
  ['order-http', 'server/src/http/late.ts', '../ground.ts'],
  ['order-unknown-folder', 'server/src/elsewhere/elsewhere.ts', '#base'],
  ['doors-inside-the-server', 'server/src/decide/decide.ts', '../match/near.ts'],
  ['doors-of-the-server', 'server/src/main.ts', './match/near.ts'],
  ['doors-of-the-server', 'cli/src/inside.ts', '../../server/src/match/near.ts'],
  ['no-circles', 'server/src/match/one.ts', './other.ts'],
  ['no-circles', 'server/src/match/other.ts', './one.ts'],
  ['nothing-unresolved', 'server/src/flow/lost.ts', '#match/near'],
  ['tests-stay-tests', 'server/src/flow/slipped.ts', '../match/testing.ts'],
  ['libs-stand-alone', 'libs/pdq/src/cybertip.ts', '../../cybertip/src/cybertip.ts'],
  ['libs-are-tested-alone', 'libs/pdq/src/pdq.test.ts', '../../../server/src/match/match.ts'],
  ['sandbox-judges', 'sandbox/src/friend.ts', '@wardline/api'],
  ['api-is-words', 'api/src/clever.ts', 'node:fs'],
  ['cli-through-doors', 'cli/src/shortcut.ts', '../../libs/pdq/src/pdq.ts'],
  ['server-is-below', 'server/src/http/pretend.ts', '@wardline/sandbox'],
  ['power-sql', 'server/src/flow/sqlite.ts', 'node:sqlite'],
  ['power-sql', 'server/src/flow/kysely.ts', 'kysely'],
  ['power-sql', 'cli/src/sql.ts', 'pg'],
  ['power-decode', 'server/src/hash/pixels.ts', 'sharp'],
  ['power-fork', 'server/src/flow/fork.ts', 'node:child_process'],
  ['power-mail', 'server/src/notices/words.ts', 'nodemailer'],
  ['power-connect', 'server/src/flow/connect.ts', 'node:net'],
] as const

/** [file, what it imports]: each stands near to something forbidden and must pass. */
const allowed = [
  ['server/src/base/base.ts', 'node:fs'],
  ['server/src/match/match.ts', '#base'],
  ['server/src/match/near.ts', '#lists'],
  ['server/src/match/match.test.ts', '../lists/testing.ts'],
  ['server/src/lists/lists.ts', './store.ts'],
  ['server/src/lists/store.ts', 'kysely'],
  ['server/src/lists/testing.ts', '#base'],
  ['server/src/match/testing.ts', '#base'],
  ['server/src/flow/flow.ts', '#match'],
  ['server/src/notices/send.ts', 'nodemailer'],
  ['server/src/extract/extract.ts', 'sharp'],
  ['server/src/hash/pool.ts', 'node:child_process'],
  ['server/src/ground.ts', '#hash'],
  ['server/src/wiring.ts', './ground.ts'],
  ['server/src/hash/hash.ts', '#base'],
  ['server/stories/story.test.ts', '@wardline/sandbox'],
  ['api/src/api.ts', 'zod'],
  ['cli/src/good.ts', '@wardline/server/match'],
  ['cli/src/demo.ts', '@wardline/sandbox'],
  ['sandbox/src/sandbox.ts', 'sharp'],
  ['libs/pdq/src/pdq.ts', 'node:fs'],
  ['libs/cybertip/src/cybertip.ts', 'node:fs'],
] as const

interface Cruise {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly violations: readonly {
      readonly from: string
      readonly rule: { readonly name: string }
      /** A circle is told once, with all who stand in it. */
      readonly cycle?: readonly { readonly name: string }[]
    }[]
  }
}

describe('the import rules', () => {
  let refused: readonly string[] = []
  let tree = ''
  beforeAll(async () => {
    tree = plantTree()
    const { violations } = (await cruise(tree)).summary
    refused = violations.flatMap(({ from, rule, cycle = [] }) =>
      [from, ...cycle.map(({ name }) => name)].map((file) => `${rule.name} ${file}`),
    )
  })
  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  test.each(forbidden)('%s refuses that %s imports %s', (rule, file) => {
    expect(refused).toContain(`${rule} ${file}`)
  })

  test.each(allowed)('%s may import %s', (file) => {
    expect(refused.filter((refusal) => refusal.endsWith(` ${file}`))).toEqual([])
  })
})

test('every source file is under the rules: a checker that parses nothing would find nothing', async () => {
  const places = cruised.map((place) => `${place}/**/*.{ts,mjs}`)
  const sources = globSync(places, { cwd: root, exclude: (name) => name === 'node_modules' })
  const seen = new Set((await cruise(root)).modules.map(({ source }) => source))
  expect(sources.length).toBeGreaterThan(100)
  expect(sources.filter((source) => !seen.has(source))).toEqual([])
})

function cruise(folder: string): Promise<Cruise> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [cruiser, '-c', join(root, '.dependency-cruiser.mjs'), '-T', 'json', ...cruised]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 }, (_error, stdout, stderr) =>
      stdout === '' ? reject(new Error(stderr)) : resolve(JSON.parse(stdout)),
    )
  })
}

/** A house with the manifests of ours and files that hold nothing but imports. Circles are planted as two files. */
function plantTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'wardline-tree-'))
  for (const manifest of globSync('{.,libs/*,sandbox,api,server,cli,bench}/package.json', { cwd: root })) {
    mkdirSync(join(tree, dirname(manifest)), { recursive: true })
    cpSync(join(root, manifest), join(tree, manifest))
  }
  for (const place of cruised.filter((place) => !place.includes('*'))) mkdirSync(join(tree, place), { recursive: true })
  const imports = [...forbidden.map(([, file, to]) => [file, to] as const), ...allowed]
  for (const [file, to] of imports) {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), `import '${to}'\n`)
  }
  linkPackages(tree)
  return tree
}

/** What the files import from outside, and the house's own packages as npm links workspaces. */
function linkPackages(tree: string): void {
  const modules = join(tree, 'node_modules')
  mkdirSync(join(modules, '@wardline'), { recursive: true })
  for (const name of ['kysely', 'pg', 'sharp', 'nodemailer', 'zod'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const name of ['sandbox', 'api', 'server']) symlinkSync(join(tree, name), join(modules, '@wardline', name))
}
