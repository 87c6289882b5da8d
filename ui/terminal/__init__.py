"""The command line, and how its results look."""
