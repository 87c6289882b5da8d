"""Quotations with a speaker: the right one under many names, or one who never said it."""

from collections.abc import Iterator

from evals.quotations.cutting import Made, statements, stretches
from evals.quotations.draws import draw, shuffled
from evals.quotations.library import Library, Saying
from evals.quotations.oracle import Oracle
from rag.documents import Document
from rag.text import Span

_LONGEST = 150


def make_right_speaker(library: Library, document: Document) -> Iterator[Made]:
    """Words of a speaker, who is named with or without an office, as any document names him."""
    for saying, span in _said(library, document):
        assert saying.speaker is not None
        text = span.of(document.text)
        names = library.namings[saying.speaker]
        speaker = names[draw(len(names), "naming", text)]
        yield Made(text=text, source=span, speaker=speaker)


def make_wrong_speaker(library: Library, document: Document) -> Iterator[Made]:
    """Words of a speaker, given to another: every other time to one of the same document."""
    for saying, span in _said(library, document):
        text = span.of(document.text)
        here = {one.speaker for one in library.sayings_in(document) if one.speaker}
        others = sorted(here - {saying.speaker}) if draw(2, "same document", text) else None
        wrong = _another(library, text, among=others)
        if wrong is not None:
            yield Made(text=text, source=span, speaker=wrong)


def make_no_speaker(library: Library, document: Document) -> Iterator[Made]:
    """Words that nobody says: the narrator's, or a document's own."""
    spoken = library.sayings_in(document)
    here = sorted({one.speaker for one in spoken if one.speaker})
    for saying in (one for one in spoken if one.speaker is None):
        wrong = _another(library, saying.text, among=here)
        if wrong is not None:
            yield Made(text=saying.text, source=saying.span, speaker=wrong)
    if not spoken:
        for span in shuffled(statements(document), "nobody", document.metadata.title):
            text = span.of(document.text)
            wrong = _another(library, text, among=None)
            if wrong is not None:
                yield Made(text=text, source=span, speaker=wrong)


def _said(library: Library, document: Document) -> Iterator[tuple[Saying, Span]]:
    """Each saying of a speaker with whole sentences of it; all of a short one."""
    for saying in library.sayings_in(document):
        if saying.speaker is None:
            continue
        if len(saying.span) <= _LONGEST:
            yield saying, saying.span
        else:
            spans = stretches(document, "said", longest=_LONGEST, within=saying.span)
            yield from ((saying, span) for span in spans)


def _another(library: Library, text: str, *, among: list[str] | None) -> str | None:
    """Somebody who does not say `text`, as he may be named; None where nobody is left."""
    names = [name for name in among or library.namings if not _says(library, name, text)]
    if not names:
        return None
    namings = library.namings[names[draw(len(names), "another", text)]]
    return namings[draw(len(namings), "another's naming", text)]


def _says(library: Library, name: str, text: str) -> bool:
    said = [saying.text for saying in library.sayings if saying.speaker == name]
    return Oracle({str(number): words for number, words in enumerate(said)}).holds(text)
