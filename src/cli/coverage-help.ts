/**
 * What `statewire coverage --help` prints. `docs/coverage.md` says the same at length.
 *
 * @module
 */
export const coverageHelpText = `Usage: statewire coverage [FILE...] [options]

Says which states of your machines a test suite has entered and which transitions it has taken,
and lists those it never has. Several files are added up; without one it reads
statewire-coverage.json, which coverMachines() of statewire/coverage/node writes.

      --badge FILE.svg      write a badge: how many of all transitions were taken
      --label TEXT          the words on its left (default: transitions)
      --min PERCENT         end with code 7 when fewer of all transitions were taken

  -h, --help                print this

Exit codes
  0  read
  1  stdout or the badge could not be written
  2  wrong usage, or a file that is not there or is no coverage report
  7  fewer transitions were taken than --min asks for
`
