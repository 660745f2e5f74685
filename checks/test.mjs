// `npm test`: everything this repository promises about itself, ended by one plain line. Plain .mjs, so that an old Node can say so.

const neededMajor = 24

if (Number(process.versions.node.split('.')[0]) >= neededMajor) import('./everything.ts')
else {
  console.error(
    `The tests need Node ${neededMajor} or newer, and this is ${process.version}. \`npm ci\` brings the right one: ` +
      'run them with `npm test`, not with `node` directly. (If you did: `npm ci` was kept from running install scripts.)',
  )
  process.exitCode = 2
}
