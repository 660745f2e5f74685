/** Indicators as the Graph API writes them: only the fields that were asked for, ids always. */
import type { Item } from '../lists/timeline.ts'
import type { Fields } from './fields.ts'
import type { Descriptor, Indicator } from './indicator.ts'

export const updateOf = ({ index, body, deleted, timestampMs }: Item<Indicator>, fields: Fields): object => ({
  id: body.id,
  ...('indicator' in fields ? { indicator: body.indicator } : {}),
  ...('type' in fields ? { type: body.type } : {}),
  ...('creation_time' in fields ? { creation_time: Math.floor(body.createdMs / 1000) } : {}),
  ...('last_updated' in fields ? { last_updated: Math.floor(timestampMs / 1000) } : {}),
  // Some deletions are told by missing descriptors alone.
  ...('should_delete' in fields ? { should_delete: deleted && index % 4 !== 0 } : {}),
  ...('descriptors' in fields && !deleted && body.descriptors.length > 0
    ? { descriptors: { data: body.descriptors.map((one) => descriptorOf(one, fields['descriptors'] ?? {})) } }
    : {}),
})

const descriptorOf = ({ id, ownerId, status, tags, reactions }: Descriptor, fields: Fields): object => ({
  id,
  ...('reactions' in fields && reactions.length > 0
    ? {
        reactions: [...Map.groupBy(reactions, (one) => one.reaction)].map(([key, same]) => ({
          key,
          value: same.map((one) => one.appId).join(','),
        })),
      }
    : {}),
  ...('owner' in fields ? { owner: { id: ownerId } } : {}),
  ...('tags' in fields && tags.length > 0
    ? { tags: { data: tags.map((text, nth) => ({ id: `4000${nth}`, text })) } }
    : {}),
  ...('status' in fields ? { status } : {}),
})
