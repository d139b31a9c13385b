"""Push -> run: the only code that starts state machines."""
