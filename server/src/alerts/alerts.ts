// What the operator must hear: written with what makes it necessary, once a day for each matter, and sent by mail and webhook until it is taken.
export { type Batch, beginMail, endMail, mailText } from './mail.ts'
export { type AlertType, isAlertType, type NewAlert, raiseAlert } from './raise.ts'
export { countUnsent, markPosted, type OperatorAlert, readAlert } from './store.ts'
