/** The seven things one can ask of the service, and the method of each (CyberTipline API, section 2). */

export const methods = {
  status: 'GET',
  xsd: 'GET',
  submit: 'POST',
  upload: 'POST',
  fileinfo: 'POST',
  finish: 'POST',
  retract: 'POST',
} as const

export type Route = keyof typeof methods

export const routeOf = (path: string, basePath: string): Route | undefined => {
  const name = path.slice(basePath.length + 1)
  return Object.hasOwn(methods, name) ? (name as Route) : undefined
}
