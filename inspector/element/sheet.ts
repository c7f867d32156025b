/**
 * The page's style in a shadow tree: a constructed sheet, which no policy forbids and which reaches nothing else.
 *
 * @module
 */
import text from './panel.css?inline'

/**
 * What the page says of its window is said of the panel: its root and body are one element of the tree, its width is the panel's.
 * The variables stand there and not on the host, where an app's own rules would win.
 */
const rules = text
  .replaceAll(/(^|[\s,{}]):root\b/g, '$1.inspector')
  .replaceAll(/(^|[\s,{}])body\b(?=[\s,{[])/g, '$1.inspector')
  .replaceAll(/@media\s*\((min|max)-width/g, '@container ($1-width')

/** Another window has another class of sheets, and takes no other. @returns takes it away. */
export function adoptStyle(shadow: ShadowRoot): () => void {
  const { CSSStyleSheet: Sheet } = shadow.ownerDocument.defaultView ?? window
  const sheet = new Sheet()
  sheet.replaceSync(rules)
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet]
  return () => {
    shadow.adoptedStyleSheets = shadow.adoptedStyleSheets.filter((other) => other !== sheet)
  }
}
