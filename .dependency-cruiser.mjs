// Who may import whom. Each rule says why it is there; checks/structure.test.ts proves that they bite.

/** The server's folders in the order of the tour (docs/river.md): a folder imports only what stands before it. */
const folders = [
  ...['base', 'db', 'jobs', 'audit', 'access', 'vault', 'logbook', 'pause', 'backup', 'lists'],
  ...['intake', 'extract', 'hash', 'match', 'decide'],
  ...['cases', 'reviews', 'reports', 'notices', 'letters', 'appeals', 'repairs', 'webhooks', 'alerts', 'figures'],
  'flow',
  ...['http', 'config'],
]

const tests = [
  '[.]test[.]ts$',
  '/testing[.]ts$',
  '/testing/',
  '/contract[.]ts$',
  '^server/stories/',
  '^checks/',
  '^bench/',
]
/** main.ts and what stands beside it: they put the folders together, and no folder knows them. */
const serverTop = '^server/src/[^/]+[.]ts$'
const serverDoor = '^server/src/([^/]+)/\\1[.]ts$'
const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`
const ours = '^(libs|sandbox|api|server|cli|console|bench|checks)/'

const order = folders.map((folder, place) => ({
  name: `order-${folder}`,
  comment: `The order of folders is the story of the code: ${folder}/ imports only what stands before it, so one can read the server from the start and control returns only through flow/.`,
  severity: 'error',
  from: { path: `^server/src/${folder}/` },
  to: { path: [...folders.slice(place + 1).map((later) => `^server/src/${later}/`), serverTop] },
}))

const shape = [
  {
    name: 'order-unknown-folder',
    comment: 'A folder outside the list above would be under no rule at all: give it its place in the order.',
    severity: 'error',
    from: { path: '^server/src/[^/]+/', pathNot: folders.map((folder) => `^server/src/${folder}/`) },
    to: {},
  },
  {
    name: 'doors-inside-the-server',
    comment:
      "Others see a folder only through its door (#match is match/match.ts), so its inside can change freely. Tests may use a folder's testing.ts.",
    severity: 'error',
    from: { path: '^server/src/([^/]+)/', pathNot: tests },
    to: { path: '^server/src/', pathNot: ['^server/src/$1/', serverDoor] },
  },
  {
    name: 'doors-of-the-server',
    comment: 'main.ts, the command line and everyone else use the same doors as the folders do.',
    severity: 'error',
    from: { pathNot: ['^server/src/[^/]+/', ...tests] },
    to: { path: '^server/src/', pathNot: [serverDoor, serverTop] },
  },
  {
    name: 'no-circles',
    comment: 'Two files that need each other are one idea in two places, and neither can be read first.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'nothing-unresolved',
    comment: 'An import that the checker cannot follow is an import that no other rule sees.',
    severity: 'error',
    from: { path: ours },
    to: { couldNotResolve: true },
  },
  {
    name: 'tests-stay-tests',
    comment: 'What runs for an operator holds nothing that was made for a test.',
    severity: 'error',
    from: { path: ours, pathNot: [...tests, '^vitest[.]config[.]ts$'] },
    to: { path: tests },
  },
]

const houses = [
  {
    name: 'libs-stand-alone',
    comment:
      'A library knows neither Wardline nor its sisters, so a stranger can use it alone. Its tests may ask the sandbox, which knows nobody either.',
    severity: 'error',
    from: { path: '^libs/([^/]+)/', pathNot: tests },
    to: { path: ours, pathNot: '^libs/$1/' },
  },
  {
    name: 'libs-are-tested-alone',
    comment: "A library's tests lean on nothing of Wardline but the sandbox.",
    severity: 'error',
    from: { path: '^libs/([^/]+)/' },
    to: { path: ours, pathNot: ['^libs/$1/', '^sandbox/src/sandbox[.]ts$'] },
  },
  {
    name: 'sandbox-judges',
    comment:
      'The sandbox plays the outside world strictly. If it shared our code, it would share our mistakes and could not judge us.',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { path: ours, pathNot: '^sandbox/' },
  },
  {
    name: 'api-is-words',
    comment: 'The words on the wire are schemas and nothing else, so that any client can read them.',
    severity: 'error',
    from: { path: '^api/src/', pathNot: tests },
    to: { pathNot: ['^api/src/', npm('zod')] },
  },
  {
    name: 'cli-through-doors',
    comment:
      'The command line is a guest: it uses the doors of server, api and sandbox, and reaches the libraries through the server.',
    severity: 'error',
    from: { path: '^cli/', pathNot: tests },
    to: { path: ours, pathNot: ['^cli/', '^server/src/', '^api/src/api[.]ts$', '^sandbox/src/sandbox[.]ts$'] },
  },
  {
    name: 'server-is-below',
    comment:
      'The server stands without the programs that use it, and ships without the sandbox: no route or flag of it leads to a pretended world.',
    severity: 'error',
    from: { path: '^server/src/', pathNot: tests },
    to: { path: '^(cli|console|bench|checks|sandbox)/' },
  },
]

const powers = [
  {
    name: 'power-sql',
    comment:
      'SQL lives in db/ and in the store files of the folder that owns the table, so who reads and writes a record can be seen.',
    severity: 'error',
    from: { path: ours, pathNot: ['^server/src/db/', '^server/src/.+/store[^/]*[.]ts$', ...tests] },
    to: { path: ['^(node:)?sqlite$', npm('pg', 'kysely')] },
  },
  {
    name: 'power-decode',
    comment:
      'Bytes of strangers are decoded only by extract/, in a child process that can be killed. (The sandbox draws its own pictures.)',
    severity: 'error',
    from: { path: ours, pathNot: ['^server/src/extract/', '^sandbox/', ...tests] },
    to: { path: npm('sharp') },
  },
  {
    name: 'power-fork',
    comment: 'Only hash/ starts processes: the decoders.',
    severity: 'error',
    from: { path: '^server/src/', pathNot: ['^server/src/hash/', ...tests] },
    to: { path: '^(node:)?child_process$' },
  },
  {
    name: 'power-mail',
    comment: 'Mail to a user leaves from one place, which knows the environment and the hold.',
    severity: 'error',
    from: { path: ours, pathNot: ['^server/src/notices/send[^/]*[.]ts$', '^server/src/notices/send/', ...tests] },
    to: { path: npm('nodemailer') },
  },
  {
    name: 'power-letters',
    comment: 'Mail is read in one place, and strangers’ mail is decoded in one thread, which can be ended.',
    severity: 'error',
    from: {
      path: ours,
      pathNot: ['^server/src/letters/(read|structure)[^/]*[.]ts$', '^server/src/letters/parse-thread[.]ts$', ...tests],
    },
    to: { path: npm('imapflow', 'mailparser') },
  },
  {
    name: 'power-connect',
    comment:
      'The server reaches out only from libs/cybertip, lists/sources, intake/fetch, notices/send and webhooks/post; http/ listens; hash/inlet reads the pipe a decoder is given, which Node takes for a socket. (The global fetch is told by checks/powers.test.ts.)',
    severity: 'error',
    from: {
      path: '^server/src/',
      pathNot: [
        '^server/src/(http|lists/sources|intake/fetch|notices/send|webhooks/post|hash/inlet)[^/]*(/|[.]ts$)',
        ...tests,
      ],
    },
    to: { path: ['^(node:)?(http|https|http2|net|tls|dgram)$', npm('undici')] },
  },
]

export default {
  forbidden: [...order, ...shape, ...houses, ...powers],
  options: {
    // TypeScript 7 has no parser for others to use: the package `typescript` at the root is 6 and stands there for this tool alone.
    parser: 'tsc',
    // Types are imports too: a type from the wrong folder ties the folders just as well.
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    doNotFollow: { path: ['node_modules', '^libs/[^/]+/dist/'] },
    exclude: { path: ['^libs/[^/]+/dist/.+[.]d[.]ts$'] },
    // `#match` and `@wardline/pdq` are found as Node finds them: through "imports" and "exports".
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
