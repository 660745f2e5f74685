// What an operator may choose about decisions, and what nobody may loosen.
import type { Environment } from '#base'

export interface Rules {
  readonly environment: Environment
  /** What a PDQ match of class `csam` leads to. Production has no default: the operator says it in words. */
  readonly perceptual: 'report' | 'review'
  /** Under `perceptual: report`: how near and how good a match must be to go without a person. May only be stricter. */
  readonly reportWithinBits: number
  readonly reportQuality: number
}

/** A match farther off or of less quality is looked at by a person before anything is reported. */
export const REPORT_WITHIN_BITS = 10
export const REPORT_QUALITY = 80

/** Where nothing is scanned; `*` is everywhere. */
export interface Off {
  readonly surface: string
  /** ISO 3166, `DE` or `US-CA`; a country covers its parts. */
  readonly jurisdiction: string
}

/** Whether an image from here is scanned at all. When not, nothing is decoded and the verdict says `not_scanned`. */
export function scanned(off: readonly Off[], surface: string, jurisdiction: string | undefined): boolean {
  return !off.some(
    (rule) => (rule.surface === '*' || rule.surface === surface) && covers(rule.jurisdiction, jurisdiction),
  )
}

/** Whether large images from here are decoded in fast mode; `*` is every surface. */
export function fast(surfaces: readonly string[], surface: string): boolean {
  return surfaces.some((each) => each === '*' || each === surface)
}

/** An image without a jurisdiction is in none, so only rules for everywhere reach it. */
function covers(rule: string, jurisdiction: string | undefined): boolean {
  return rule === '*' || jurisdiction === rule || jurisdiction?.startsWith(`${rule}-`) === true
}
