// A pretended Hash Sharing service in a process of its own. Prints where it is, and ends with its parent.
import { startHashSharing } from '@wardline/sandbox'

const entries = Number(process.argv[2])
const server = await startHashSharing({ entries, shares: { malformed: 0.001 } })
const { baseUrl, credentials } = server
process.stdout.write(`${JSON.stringify({ baseUrl, credentials })}\n`)
process.stdin.resume().on('end', () => process.exit())
process.on('message', () => {
  let images = 0
  for (const { kind } of server.live()) if (kind === 'image') images += 1
  const { user, system } = process.cpuUsage()
  process.send?.({ images, cpuSeconds: (user + system) / 1e6 })
})
