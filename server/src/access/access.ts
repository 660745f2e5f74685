// Who may do what: people and their roles, keys and their scopes, one table of acts, and approvals by a second person.
export { type Act, acts, may, needsPerson } from './acts.ts'
export { type ApprovalFaultCode, decideApproval, listApprovals, requestApproval, useApproval } from './approvals.ts'
export { actorOf, personIn } from './by.ts'
export { type Identified, identify, type Refused } from './identify.ts'
export { createKey, listKeys, revokeKey } from './keys.ts'
export {
  addPerson,
  disablePerson,
  enablePerson,
  findPersonByEmail,
  listPeople,
  requirePerson,
  setRoles,
} from './people.ts'
export type { ApiKey, Approval, Caller, Person, TestWindow } from './records.ts'
export { type Role, roles, type Scope, scopes, scopesOfRoles, scopeWords } from './roles.ts'
export { closeTestWindow, openTestWindow, openWindowNow } from './window.ts'
