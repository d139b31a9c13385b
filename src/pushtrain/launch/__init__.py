"""Push -> run: check a push, publish its state machine, start the run. No other code starts state machines."""
