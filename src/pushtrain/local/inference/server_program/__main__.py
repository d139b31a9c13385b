"""Answer GET /ping and POST /invocations with one model.

Arguments: FRAMEWORK PORT MODEL_FOLDER CODE_FOLDER PROGRAM TOKEN. Port 0 is any free port. PROGRAM is empty for a model
without inference code. Lines `TOKEN {JSON}` on stdout tell pushtrain what happens: `port` when the server is ready,
`failed` when it cannot start, `status` and `milliseconds` of each request.
"""

from .http_server import main

main()
