// Every connection this process opens while somebody watches, and every name it asks for: what is not in here did not happen.

// Every connection this process opens while somebody watches, and every name it asks for: what is not in here did not happen.
import dns, { lookup } from 'node:dns'
import { Socket } from 'node:net'

export interface Wire extends Disposable {
  /** `127.0.0.1:2525`, `/run/socket`, `name report.cybertip.org`. */
  readonly reached: readonly string[]
}

/** Lets all of it through: a story says afterwards what may have been in it. */
export function watchWire(): Wire {
  const reached: string[] = []
  const { connect } = Socket.prototype
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    reached.push(placeOf(args))
    return Reflect.apply(connect, this, args)
  } as typeof connect
  dns.lookup = new Proxy(lookup, {
    apply: (target, self, args: unknown[]) => {
      reached.push(`name ${String(args[0])}`)
      return Reflect.apply(target, self, args)
    },
  })
  return {
    reached,
    [Symbol.dispose]: () => {
      Socket.prototype.connect = connect
      dns.lookup = lookup
    },
  }
}

/** Node normalises its arguments before the call of its own: then the options are the first of an array. */
function placeOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'number') return `${typeof second === 'string' ? second : 'localhost'}:${first}`
  if (typeof first === 'string') return first
  const { host, port, path } = first as { host?: string; port?: number | string; path?: string }
  return path ?? `${host ?? 'localhost'}:${port}`
}
