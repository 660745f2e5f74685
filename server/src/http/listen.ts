// Takes a port, or says in words why not and which key of the configuration to change.
import type { Server } from 'node:http'
import { Fault } from '#base'

export type ListenCode = 'port_taken' | 'port_forbidden' | 'host_unknown' | 'port_failed'

export interface Place {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** The key of the configuration that says the port. */
  readonly key: string
}

/** Resolves with the port that was bound. Fault of ListenCode. */
export function listen(server: Server, place: Place): Promise<number> {
  const { host, port } = place
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => reject(listenFault(cause, place))
    server.once('error', failed)
    server.listen({ host, port }, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

export function listenFault(cause: NodeJS.ErrnoException, { host, port, key }: Place): Fault<ListenCode> {
  const fault = (code: ListenCode, words: string) => new Fault(code, words, { retry: 'never', cause })
  switch (cause.code) {
    case 'EADDRINUSE':
      return fault('port_taken', `port ${port} of ${host} is taken by another program; set ${key} to a free one`)
    case 'EACCES':
      return fault('port_forbidden', `port ${port} may not be opened by this user; set ${key} to one above 1023`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return fault('host_unknown', `${host} is not an address of this machine; set server.host to one that is`)
    default:
      return fault('port_failed', `port ${port} of ${host} cannot be opened (${cause.code ?? cause.name}); see ${key}`)
  }
}
