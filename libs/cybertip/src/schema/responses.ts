// The two documents NCMEC answers with. CyberTipline API, section 3.
import { int, long, many, maybe, one, sequence, string, token } from './kinds.ts'

const responseCode = int(-(2 ** 31), 2 ** 31 - 1)

export const reportResponse = sequence({
  responseCode: one(responseCode),
  responseDescription: one(string()),
  reportId: maybe(long),
  fileId: maybe(token),
  hash: maybe(token),
})

/** Answer to POST /finish: the legal receipt. */
export const reportDoneResponse = sequence({
  responseCode: one(responseCode),
  reportId: one(long),
  // The documentation says fileId is a long; the XSD and reality say string.
  files: one(sequence({ fileId: many(string()) })),
})
