/** A style sheet as its text, with what it imports: Vite reads `?inline` so, and inspector/page/build.ts does. */
declare module '*.css?inline' {
  const text: string
  export default text
}
