/**
 * What `statewire inspect --help` prints. `docs/cli.md` says the same at length.
 *
 * @module
 */
export const inspectHelpText = `Usage: statewire inspect [options] [--app PROGRAM [ARGUMENT...]]

Serves a page that shows live what actors and connections do, and prints its address and how
to attach an app. Everything stays on this machine and ends with the command.

  -p, --port N              default: any free one
      --open                open the page in a browser
      --allow-origin ORIGIN pages of this origin, such as https://app.example, may tell
                            what they do, and hold the inspector in a frame for that at
                            /?standard and /?window; pages of this machine always may;
                            may be given several times
      --host HOST           default 127.0.0.1; anything else opens it to the network,
                            to whoever has a token
      --app PROGRAM ...     start this program with STATEWIRE_INSPECT in its environment;
                            the last option: what follows belongs to the program

  -h, --help                print this

Exit codes
  0  ended by Ctrl-C or SIGTERM
  2  wrong usage, a program that cannot be started, or a page that is not there
  3  cannot listen: the port is taken, or not open to this account
  130  a second Ctrl-C
`
