/** Vite and esbuild both take a style sheet as an import; the compiler asks what it is. */
declare module '*.css'
