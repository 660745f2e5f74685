/** Of a file's details: rows of tables.ts. */
export const fileRows = `
fileDetails
  reportId 1 reportId
  fileId 1 fileId
  fileName ? text
  originalFileName ? s2056
  uploadedToEspTimestamp ? time
  locationOfFile ? url
  fileViewedByEsp ? bool
  exifViewedByEsp ? exifViewed
  publiclyAvailable ? bool
  fileRelevance ? enum:Reported|Supplemental Reported
  fileAnnotations ? fileAnnotations
  industryClassification ? enum:A1|A2|B1|B2
  originalFileHash * originalFileHash
  ipCaptureEvent ? ipCaptureEvent
  deviceId * deviceId
  details * details
  additionalInfo * text
fileAnnotations all
  animeDrawingVirtualHentai ? flag
  potentialMeme ? flag
  viral ? flag
  possibleSelfProduction ? flag
  physicalHarm ? flag
  violenceGore ? flag
  bestiality ? flag
  liveStreaming ? flag
  infant ? flag
  generativeAi ? flag
originalFileHash = text
  @hashType 1 s64
details
  @type ? enum:EXIF|HASH
  nameValuePair + nameValuePair
nameValuePair
  name 1 s64
  value 1 text
`
