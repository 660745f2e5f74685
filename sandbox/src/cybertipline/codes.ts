/** The codes the service answers with, their words, and the HTTP status beside each (CyberTipline API, section 3). */

const descriptions = {
  0: 'Success',
  1000: 'Server Error',
  1100: 'Save Failed',
  1110: 'Upload Failed',
  1111: 'File Upload Failed',
  1210: 'Resource Not Found',
  1300: 'Update Failed',
  2000: 'Authentication Required',
  3000: 'User Not Authorized',
  3100: 'User Not Authorized To Make Submissions',
  3300: 'User Not Authorized To Make Updates',
  4000: 'Invalid Request',
  4100: 'Validation Failed',
  4110: 'Malformed (xml) submittal',
  4200: 'Malformed File Submission',
  5001: 'Report Does Not Exist',
  5002: 'File Does Not Exist',
  5101: 'Report Already Retracted',
  5102: 'Report Already Finished',
} as const

export type Code = keyof typeof descriptions

/** The words for a code; a code outside the list (a fault may invent one) gets a neutral line. */
export const describe = (code: number): string =>
  Object.hasOwn(descriptions, code) ? descriptions[code as Code] : 'Unclassified Condition'

/**
 * `default` is the likely map of today; `legacy200` says 200 to everything but missing credentials, as in 2016. A table
 * of code to status says otherwise for those codes, and is `default` for the rest.
 */
export type StatusMap = 'default' | 'legacy200' | Readonly<Record<number, number>>

export const httpStatus = (code: number, map: StatusMap): number => {
  if (typeof map === 'object') return map[code] ?? httpStatus(code, 'default')
  if (code === 2000) return 401
  if (code === 0 || map === 'legacy200') return 200
  if (code === 1210 || code === 5001 || code === 5002) return 404
  if (code >= 1000 && code < 2000) return 500
  if (code >= 3000 && code < 4000) return 403
  return 400
}
