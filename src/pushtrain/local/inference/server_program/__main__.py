"""Answer GET /ping and POST /invocations with one model.

Arguments: FRAMEWORK PORT MODEL_FOLDER CODE_FOLDER PROGRAM TOKEN FEATURES. Port 0 is any free port. PROGRAM is empty for
a model without inference code. FEATURES is the file for what input_fn returns, empty if nobody asks. Lines
`TOKEN {JSON}` on stdout tell pushtrain what happens: `port` when the server is ready, `failed` when it cannot start,
`status` and `milliseconds` of each request.
"""

from .http_server import main

main()
