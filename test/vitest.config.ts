import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['{src,machines,inspector,test}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/*.browser.test.tsx'],
        },
      },
    ],
  },
})
