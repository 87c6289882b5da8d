"""Text of users, documents and models, made harmless for files that others open."""

import re

from rag.conversations import SavedConversation

LONGEST_NAME_BYTES = 150

_LINE_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters (a terminal obeys some), marks that turn the direction of writing, what
# cannot be seen, and what XML has no place for.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
# Windows takes these for devices, whatever follows the first full stop.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def plain_lines(text: str) -> list[str]:
    """The lines of `text` that hold anything, trimmed, without what cannot be seen."""
    lines = (_UNSEEN.sub("", line).replace("\t", " ") for line in _LINE_BREAK.split(text))
    return [trimmed for line in lines if (trimmed := line.strip())]


def plain_line(text: str) -> str:
    """`text` on one line, without what cannot be seen."""
    return " ".join(plain_lines(text))


def export_file_name(conversation: SavedConversation, *, suffix: str) -> str:
    """A name from the title that every file system takes, and that leads to no other folder.

    Args:
        conversation: It gives the title, and the name where the title leaves nothing.
        suffix: With its full stop: .md
    """
    name = _NOT_IN_NAMES.sub(" ", plain_line(conversation.title)).strip(" .")
    name = name.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore").strip(" .")
    name = f"_{name}" if _DEVICES.match(name) else name
    return f"{name or f'对话 {conversation.created:%Y-%m-%d}'}{suffix}"
