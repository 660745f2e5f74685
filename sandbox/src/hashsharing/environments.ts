/** The seven environments and their test twins (hash list sources, section 10). Only the path is served here; the hosts are NCMEC's. */

export const environments = {
  industry_csam: {
    path: '/hashsharing',
    production: 'https://report.cybertip.org/hashsharing',
    test: 'https://exttest.cybertip.org/hashsharing',
  },
  industry_exploitative: {
    path: '/exploitative-hashsharing',
    production: 'https://report.cybertip.org/exploitative-hashsharing',
    test: 'https://exttest.cybertip.org/exploitative-hashsharing',
  },
  law_enforcement_csam: {
    path: '/csam-hashsharing',
    production: 'https://lesp.ncmec.org/csam-hashsharing',
    test: 'https://betalesp.ncmec.org/csam-hashsharing',
  },
  npo_csam: {
    path: '/npo',
    production: 'https://hashsharing.ncmec.org/npo',
    test: 'https://hashsharing-test.ncmec.org/npo',
  },
  npo_exploitative: {
    path: '/exploitative',
    production: 'https://hashsharing.ncmec.org/exploitative',
    test: 'https://hashsharing-test.ncmec.org/exploitative',
  },
  npo_generative_ai_csam: {
    path: '/generative-ai-csam',
    production: 'https://hashsharing.ncmec.org/generative-ai-csam',
    test: 'https://hashsharing-test.ncmec.org/generative-ai-csam',
  },
  npo_generative_ai_exploitative: {
    path: '/generative-ai-exploitative',
    production: 'https://hashsharing.ncmec.org/generative-ai-exploitative',
    test: 'https://hashsharing-test.ncmec.org/generative-ai-exploitative',
  },
} as const

export type HashEnvironment = keyof typeof environments

/** Which of the two this server stands in for: entries, member ids, reasons and credentials differ. */
export type Twin = 'production' | 'test'
