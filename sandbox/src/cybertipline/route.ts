/** The seven things one can ask of the service, and the method of each (CyberTipline API, section 2). */

export const routes = ['status', 'xsd', 'submit', 'upload', 'fileinfo', 'finish', 'retract'] as const

export type Route = (typeof routes)[number]

export const methodOf = (route: Route): 'GET' | 'POST' => (route === 'status' || route === 'xsd' ? 'GET' : 'POST')

export const routeOf = (path: string, basePath: string): Route | undefined => {
  const name = path.slice(basePath.length + 1)
  return routes.find((route) => route === name)
}
