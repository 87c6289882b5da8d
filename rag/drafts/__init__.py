"""The check of a whole draft: what it quotes, names and counts, held against the library."""
