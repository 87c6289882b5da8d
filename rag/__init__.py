"""Retrieval, answering, citations: everything that works on documents already ingested."""
