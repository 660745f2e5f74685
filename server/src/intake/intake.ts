// What came in: the images of one request with what the platform knows about them, and the memory of keyed requests.
export { type Answer, type Arrival, type ArrivedImage, answerFor, lasting } from './arrival.ts'
export { fetchAccount, type LookUpSettings } from './fetch-account.ts'
export {
  answerOnce,
  type Claim,
  claimRequest,
  forgetExpiredAnswers,
  keepClaim,
  releaseClaim,
  releaseClaims,
} from './idempotency.ts'
