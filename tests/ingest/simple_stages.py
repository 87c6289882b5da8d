"""Stages that do as little as possible: a text file is a document, a line a passage.

A line "===" begins another document; a file that holds the word 坏 cannot be parsed, one that
holds 怪 breaks the parser.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.intake import Stages
from ingest.stages import Block, CleanText, Failure, PublishedText, SourceFile
from rag.documents import AttributedSpeech, Metadata, Passage, derive_passage_id
from rag.errors import ParsingError
from rag.text import Span


def discover(
    paths: Sequence[Path], *, workspace: Path, max_bytes: int
) -> Iterator[SourceFile | Failure]:
    """Files as they are; folders flat."""
    for path in paths:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in files:
            if not file.exists():
                yield Failure(source=str(file), reason="没有这个文件")
            else:
                yield SourceFile(path=file, source=str(file), file_name=file.name)


def read_file(file: SourceFile, *, max_bytes: int) -> list[PublishedText]:
    """One text for each part between lines of ===."""
    text = file.path.read_text(encoding="utf-8")
    if "坏" in text:
        raise ParsingError("文件是坏的")
    if "怪" in text:
        raise RuntimeError("strange")
    parts = text.split("\n===\n")
    return [
        PublishedText(blocks=(Block(text=part),), part=str(number) if len(parts) > 1 else "")
        for number, part in enumerate(parts, start=1)
    ]


def clean(published: PublishedText) -> list[CleanText]:
    """As it is; an empty text is none."""
    text = published.blocks[0].text
    return [CleanText(text=text, part=published.part)] if text else []


def describe(clean: CleanText, *, file_name: str) -> tuple[Metadata, tuple[AttributedSpeech, ...]]:
    """The first line is the title."""
    title = clean.text.split("\n")[0]
    return Metadata(title=title, origins={"title": "headline"}), ()


def split(document_id: str, clean: CleanText, metadata: Metadata) -> list[Passage]:
    """A line is a passage."""
    passages = list[Passage]()
    start = 0
    for line in clean.text.split("\n"):
        span = Span(start, start + len(line))
        start += len(line) + 1
        passages.append(
            Passage(
                passage_id=derive_passage_id(
                    document_id=document_id, span=span, indexed_text=f"{metadata.title}\n{line}"
                ),
                document_id=document_id,
                index=len(passages),
                span=span,
                text=line,
                context=metadata.title,
            )
        )
    return passages


SIMPLE = Stages(discover=discover, read_file=read_file, clean=clean, describe=describe, split=split)
