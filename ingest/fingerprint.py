"""What a file's documents depend on: its bytes, the code that reads it, the programs at hand."""

import hashlib
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import rag

_CODE = (Path(__file__).parent, Path(rag.__file__).parent)
_PROGRAMS = ("soffice", "libreoffice", "antiword", "tesseract", "pdftoppm")


@lru_cache(maxsize=1)
def _code_digest() -> bytes:
    """A digest of our own code, so that a new version of it reads every file again."""
    digest = hashlib.blake2b(digest_size=16)
    for path in _code_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for program in _PROGRAMS:
        digest.update(b"%d" % (shutil.which(program) is not None))
    return digest.digest()


def _code_files() -> Iterator[Path]:
    for folder in _CODE:
        yield from sorted(folder.rglob("*.py"))
        yield from sorted(folder.glob("*.txt"))


def file_fingerprint(path: Path, *, stated: str, max_bytes: int) -> str:
    """32 hexadecimal digits; equal ones mean that reading the file again changes nothing.

    Empty, and so never equal to what was stored, for what is no regular file, is larger than
    `max_bytes` or cannot be read: the readers say why.

    Args:
        path: The file.
        stated: What else goes into its documents: its name, its line of a manifest.
        max_bytes: As for reading.
    """
    digest = hashlib.blake2b(_code_digest() + stated.encode(), digest_size=16)
    try:
        if not path.is_file() or path.stat().st_size > max_bytes:
            return ""
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()
