"""What the XML of a Word file says of its runs and notes."""

from xml.etree.ElementTree import Element

from ingest.readers.office_package import attribute, child


def is_hidden(run: Element) -> bool:
    """Whether Word leaves the run out of what it shows."""
    mark = child(run, "rPr", "vanish")
    return mark is not None and attribute(mark, "val") not in {"0", "false"}


def notes_by_id(root: Element | None) -> dict[str, Element]:
    """Notes by id, without the separator lines that Word keeps among them."""
    return {
        attribute(note, "id") or "": note
        for note in (root if root is not None else ())
        if attribute(note, "type") in {None, "normal"}
    }
