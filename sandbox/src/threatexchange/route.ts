/** What one can ask of the service, below the version (hash list sources, ThreatExchange). */

export const methods = {
  /** The first page of updates. */
  updates: 'GET',
  /** A page by a link given before. */
  page: 'GET',
  member_groups: 'GET',
  owned_groups: 'GET',
  reaction: 'POST',
  descriptor: 'POST',
} as const

export type ThreatRoute = keyof typeof methods

/** below: path and query without the version. */
export const destinationOf = (below: string): { readonly route: ThreatRoute; readonly id: string } | undefined => {
  const [path = '', query = ''] = below.split('?')
  const [, id = '', edge = '', rest] = path.split('/')
  if (rest !== undefined && rest !== '') return undefined
  if (id === 'threat_descriptors' && edge === '') return { route: 'descriptor', id }
  if (!/^\d{1,20}$/.test(id)) return undefined
  switch (edge) {
    case 'threat_updates':
      return { route: /(^|&)after=/.test(query) ? 'page' : 'updates', id }
    case 'threat_privacy_groups_member':
      return { route: 'member_groups', id }
    case 'threat_privacy_groups_owner':
      return { route: 'owned_groups', id }
    case '':
      return rest === undefined ? { route: 'reaction', id } : undefined
    default:
      return undefined
  }
}
