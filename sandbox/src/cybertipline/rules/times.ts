/** Every time has a zone and lies in the past; dates have no zone. The schema demands neither (CyberTipline API, section 1). */
import { trimXml, walk } from '../xml/element.ts'
import type { Rule } from './complaint.ts'

/** Clocks differ a little; a time this far ahead still counts as past. */
const skewMs = 5_000

const timeElements = new Set(['incidentDateTime', 'dateTime', 'uploadedToEspTimestamp'])
const timeAttributes = new Set(['verificationDate', 'timestamp', 'disabledDate', 'userNotifiedDate', 'reenabledDate'])

export const times: Rule = function* (root, { now }) {
  for (const { element } of walk(root)) {
    if (timeElements.has(element.name)) yield* timeFaults(element.path, element.text, now, true)
    if (element.name === 'dateOfBirth') yield* dateFaults(element.path, element.text, now)
    for (const [name, value] of Object.entries(element.attributes)) {
      // An account may be given back on a later day: reenabledDate alone may lie ahead.
      if (timeAttributes.has(name)) yield* timeFaults(`${element.path}/@${name}`, value, now, name !== 'reenabledDate')
    }
  }
}

/** Epoch ms of an xs:dateTime with zone; NaN if there is none to be had. */
export const epochMs = (text: string): number => Date.parse(normal(text))

function* timeFaults(path: string, text: string, now: number, past: boolean): Generator<string> {
  if (!/(Z|[+-][0-9]{2}:[0-9]{2})$/.test(trimXml(text))) yield `${path}: a time zone is required`
  else if (Number.isNaN(epochMs(text))) yield `${path}: not a time this service can store`
  else if (past && epochMs(text) > now + skewMs) yield `${path}: must be in the past`
}

function* dateFaults(path: string, text: string, now: number): Generator<string> {
  const date = trimXml(text)
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) yield `${path}: must be a plain date`
  // The day may already have begun east of here: Kiribati is 14 hours ahead.
  else if (Date.parse(date) > now + 14 * 3_600_000) yield `${path}: must be in the past`
}

// JavaScript keeps three digits of a second; 24:00:00 it knows by itself.
const normal = (text: string): string => trimXml(text).replace(/(\.[0-9]{3})[0-9]+/, '$1')
