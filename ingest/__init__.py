"""From files to indexed passages: readers, cleaning, metadata, splitting, indexing."""
