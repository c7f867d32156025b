/**
 * What `statewire serve --help` prints. `docs/cli.md` says the same at length.
 *
 * @module
 */

export const serveHelpText = `Usage: statewire serve [options]

Serves append-only streams over SSE, NDJSON, long-poll and WebSocket, and prints how to
connect. Warnings and failures go to stderr. One of the first two options is needed.

Who may come in
      --token-file PATH     who has a token of this file: one TOKEN [PRINCIPAL] a line,
                            # begins a comment; read again on SIGHUP
      --allow-anonymous     everyone
      --origin ORIGIN       pages of this origin may ask from a browser, such as
                            https://app.example; may be given several times

Where
  -p, --port N              default 8080; 0 for any free one
      --host HOST           default 127.0.0.1
      --tls-cert FILE       certificate and key in PEM: serves https
      --tls-key FILE
      --admin-port N        /healthz, /readyz and /metrics, on 127.0.0.1

What
      --store memory        keeps streams as long as the process lives (default)
      --store file:PATH     keeps them in this file; Node 22.13 or newer
      --auto-create         an append creates a stream that is not there

  -h, --help                print this

Exit codes
  0  ended by Ctrl-C or SIGTERM         1  … but the store could not be closed properly
  2  wrong usage, or a file that cannot be used
  3  cannot listen: the port is taken, or not open to this account
  130  a second Ctrl-C, while readers were still being told
`
