/** Imports every entry named on the command line. Run without the optional peers, it shows that they are optional. */
for (const name of process.argv.slice(2)) {
  const names = Object.keys(await import(name))
  if (names.length === 0) throw new Error(`${name} exports nothing.`)
}
