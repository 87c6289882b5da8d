"""What the command line says to whoever started it."""

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
