"""Where commands print: results on stdout, everything else on stderr."""

import contextlib
import re
import sys
from collections.abc import Callable

from pydantic import TypeAdapter

from rag.errors import WenceError

_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """`text`, as long as before, with what could steer a terminal or can't be encoded as �."""
    return _UNPRINTABLE.sub("\ufffd", text)


def print_result(text: str) -> None:
    """Print what the user asked for; it is printable already.

    Raises:
        WenceError: It can't be written: the disk is full.
        BrokenPipeError: Nobody reads it any more.
    """
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"结果写不出去（{error.strerror}）：请检查输出到的磁盘"
        raise WenceError(message) from error


def print_json(body: object) -> None:
    """Print a body as the API sends it."""
    print_result(TypeAdapter[object](type(body)).dump_json(body, indent=2).decode())


def print_body(body: object, shown: Callable[[], str], *, as_json: bool) -> None:
    """Print what the user asked for: as the API sends it, or as `shown` makes it for readers."""
    if as_json:
        print_json(body)
    else:
        print_result(shown())


def print_note(text: str) -> None:
    """Print a line that is no result: a note, or what went wrong."""
    # Work goes on although nobody reads its notes any more.
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()
