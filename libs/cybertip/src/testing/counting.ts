// A server on loopback that counts an upload's bytes and keeps none, in a process of its own: what it needs is not the client's.
//   node counting.ts     prints its address, ends with its input
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  let sizeBytes = 0
  request.on('data', (piece: Buffer) => {
    sizeBytes += piece.length
  })
  request.on('end', () => {
    const answer = `<responseCode>0</responseCode><responseDescription>${sizeBytes}</responseDescription>`
    response.end(`<reportResponse>${answer}<reportId>7</reportId><fileId>a</fileId></reportResponse>`)
  })
})
server.requestTimeout = 0
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${Object(server.address()).port}/ispws`))
process.stdin.on('end', () => process.exit()).resume()
