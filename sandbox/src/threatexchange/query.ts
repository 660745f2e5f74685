/** The parameters of threat_updates, each checked; what is wrong is named, never repeated. */
import type { Breach } from '../lists/ledger.ts'
import { pairsIn } from '../lists/pairs.ts'
import type { Fields } from './fields.ts'
import { fieldsIn, strangeField, usual } from './fields.ts'
import type { IndicatorType } from './indicator.ts'
import { indicatorTypes } from './indicator.ts'

export interface UpdatesQuery {
  /** Epoch ms. */
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
  /** null: all. */
  readonly types: readonly IndicatorType[] | null
  readonly fields: Fields
}

export interface Wrong {
  readonly breach: Breach
  readonly words: string
}

export interface Limits {
  readonly limit: number
  readonly mostLimit: number
  readonly now: number
}

const names = ['access_token', 'start_time', 'stop_time', 'limit', 'types', 'fields']

export const queryIn = (target: string, { limit: usualLimit, mostLimit, now }: Limits): UpdatesQuery | Wrong => {
  const pairs = pairsIn(target)
  if (pairs.some(([name]) => !names.includes(name)))
    return { breach: 'unknown_parameter', words: `other than ${names}` }
  const given = new Map(pairs)
  if (given.size < pairs.length) return { breach: 'repeated_parameter', words: 'a parameter twice' }

  const number = (name: string, otherwise: number): number => {
    const text = given.get(name)
    return text === undefined ? otherwise : /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  }
  const fromMs = number('start_time', 0) * 1000
  const toMs = number('stop_time', Math.ceil(now / 1000)) * 1000
  const limit = number('limit', usualLimit)
  if (Number.isNaN(fromMs)) return { breach: 'bad_parameter', words: 'start_time' }
  if (Number.isNaN(toMs)) return { breach: 'bad_parameter', words: 'stop_time' }
  if (!(limit >= 1 && limit <= mostLimit)) return { breach: 'bad_parameter', words: 'limit' }
  if (fromMs > toMs) return { breach: 'range_backwards', words: 'start_time, stop_time' }

  const types = given.get('types')?.split(',') ?? null
  if (types && !types.every(isType)) return { breach: 'unknown_type', words: 'types' }
  const fields = given.has('fields') ? fieldsIn(given.get('fields') ?? '') : usual
  if (!fields) return { breach: 'bad_parameter', words: 'fields' }
  if (strangeField(fields) !== undefined) return { breach: 'bad_parameter', words: 'fields: nonexistent' }
  return { fromMs, toMs, limit, types: types?.filter(isType) ?? null, fields }
}

const isType = (text: string): text is IndicatorType => indicatorTypes.some((type) => type === text)
