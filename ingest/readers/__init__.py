"""From a file's bytes to the text it publishes, one module per format."""

from ingest.readers.reading import read_file, reason_to_refuse

__all__ = ["read_file", "reason_to_refuse"]
