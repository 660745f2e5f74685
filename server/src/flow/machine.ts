// By which machines are told apart where no account is known: one subscriber has a whole IPv6 network to choose addresses from.

/** An IPv4 address, also one that is written as IPv6; of any other IPv6 address its network of 64 bits. `ip` is either. */
export function machineOf(ip: string): string {
  if (!ip.includes(':')) return ip
  const groups = groupsOf(ip)
  const [high = 0, low = 0] = groups.slice(6)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** Eight of 16 bits. */
function groupsOf(ip: string): readonly number[] {
  // Without a zone, and with an IPv4 address in its last 32 bits written out as two groups.
  const text = new URL(`http://[${ip.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [numbers(head), numbers(tail ?? '')]
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}
