/** Listening, kept to this machine: a pretended CyberTipline that others can reach would take real reports and lose them. */
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { isIPv4 } from 'node:net'

export interface Listening {
  /** Address to bind; 127.0.0.1 by default. */
  readonly host?: string
  /** 0 (the default) takes any free port. */
  readonly port?: number
  /** Without this, an address other machines can reach is refused. */
  readonly allowBeyondLoopback?: boolean
}

/** Others could reach it, and nobody said in so many words that they may. */
export class BeyondLoopback extends Error {
  readonly host: string

  constructor(host: string) {
    super(`the sandbox binds to loopback only; ${host} needs allowBeyondLoopback: true`)
    this.host = host
  }
}

/** Throws BeyondLoopback before anything is bound if the address is not a loopback one and that was not asked for in so many words. */
export const demandLoopback = ({ host = '127.0.0.1', allowBeyondLoopback = false }: Listening): string => {
  const loopback = host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
  if (!loopback && !allowBeyondLoopback) {
    throw new BeyondLoopback(host)
  }
  return host
}

/** Starts the server and answers with the port it got. */
export const listen = async (server: Server, options: Listening): Promise<{ host: string; port: number }> => {
  const host = demandLoopback(options)
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  return { host, port: (server.address() as AddressInfo).port }
}

/** host:port as a URL writes it. */
export const authority = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
