"""A checked draft on its way out: as a Word file with comments, as HTML, for a terminal."""
