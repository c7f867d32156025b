/**
 * What `statewire --help` prints. `docs/cli.md` says the same at length.
 *
 * @module
 */
import { vias } from './options.ts'

export const helpText = `Usage: statewire tail URL [options]
       statewire serve [options]      (statewire serve --help tells more)
       statewire export CHART [...]   (statewire export --help tells more)
       statewire inspect [options]    (statewire inspect --help tells more)
       statewire coverage [FILE...]   (statewire coverage --help tells more)

Streams an SSE, NDJSON, JSON text sequence, WebSocket or plain HTTP endpoint to the terminal.
Messages go to stdout, what the connection does goes to stderr. A cut is repaired and the
stream goes on where it was, if the server knows positions.

Request
  -H, --header 'NAME: VALUE'  add a header; may be given several times
  -d, --data TEXT|@FILE|-     send a body (makes it a POST, which is never sent twice);
                              on a WebSocket: a first message, sent on each connection
  -X, --method METHOD         use another method
      --protocol NAME         ask for a WebSocket sub-protocol; may be given several times
      --timeout SECONDS       how long one attempt to connect may take (default 10)
  -k, --insecure              accept any certificate

Reading
      --via KIND              overrule the guess; KIND is one of
                              ${vias.slice(0, 6).join(', ')},
                              ${vias.slice(6).join(', ')}
  -f, --from POSITION         go on after this position (on servers with offsets also
                              now, or -1 for the beginning)
      --until TEXT            the message that is the last one, such as [DONE]
  -n, --count N               stop after N messages
      --max-attempts N        give up after N attempts in a row (default: never)

Output
  -j, --json                  one object per line: time, event, data, position
  -q, --quiet                 say only what went wrong in the end
      --no-color              no colours, also when stderr is a terminal

  -h, --help                  print this
  -V, --version               print the version

Exit codes
  0  ended by the server, --count, --until, a closed pipe, or Ctrl-C after data
  1  stdout could not be written        4  attempts spent
  2  wrong usage                        5  gap: history is gone
  3  cannot connect, or refused         6  broken protocol or data
  130  Ctrl-C before anything arrived
`
