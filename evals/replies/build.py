"""Builds the scripted replies from the built-in library and from what is kept by hand.

Run: python -m evals.replies.build

Same library and same lists, same replies. What is built never looks at what checks replies.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from evals.builtin import open_builtin_library
from evals.questions import HALVES, Half
from evals.quotations.build import INVENTIONS, InventedLine, built_in_documents
from evals.quotations.draws import draw, shuffled
from evals.quotations.library import make_library
from evals.quotations.records import FOLDER as QUOTATIONS
from evals.quotations.records import read_records
from evals.records import write_lines
from evals.replies import combining, faults, rewording
from evals.replies.candidates import Candidate, Maker, Part, numbered
from evals.replies.library import (
    LEAD_INS,
    PARAPHRASES,
    Material,
    Shown,
    read_lines,
    read_names,
    read_paraphrases,
    read_unsupported,
)
from evals.replies.oracle import missing_values
from evals.replies.records import (
    FOLDER,
    REPLIES,
    AnyKind,
    FaultKind,
    GoodKind,
    Reply,
    Sentence,
)
from rag.assembly import System, open_retriever
from rag.documents import Document, RetrievedPassage
from rag.errors import EvaluationError, WenceError

EACH_HALF: Final = 150
_FEWEST, _MOST = 3, 6
_SHOWN = (4, 8)

Retrieve = Callable[[str], Sequence[RetrievedPassage]]
"""A question → the passages that retrieval gives, best first."""

GOOD: Final[dict[GoodKind, Maker]] = {
    "paraphrase": combining.make_paraphrase,
    "verbatim": rewording.make_verbatim,
    "clauses": rewording.make_clauses,
    "lead_in": rewording.make_lead_in,
    "synonym": rewording.make_synonym,
    "numeral": rewording.make_numeral,
    "reference": combining.make_reference,
    "two_passages": combining.make_two_passages,
    "list": combining.make_list,
    "quoted": combining.make_quoted,
}
FAULTY: Final[dict[FaultKind, Maker]] = {
    "number": faults.make_number,
    "date": faults.make_date,
    "person": faults.make_person,
    "body": faults.make_body,
    "invented_quotation": faults.make_invented_quotation,
    "altered_quotation": faults.make_altered_quotation,
    "wrong_marker": faults.make_wrong_marker,
    "missing_evidence": faults.make_missing_evidence,
    "unsupported": faults.make_unsupported,
    "off_topic": faults.make_off_topic,
}


class Pool:
    """The candidates of a half that no reply has used, by document and kind."""

    def __init__(self, material: Material, half: Half) -> None:
        makers: dict[AnyKind, Maker] = {**GOOD, **FAULTY}
        self._left = {
            document.document_id: {
                kind: list(make(material, document)) for kind, make in makers.items()
            }
            for document in material.of_half(half)
        }
        self._counts = Counter[AnyKind]()
        self._made = set[tuple[str, frozenset[str]]]()

    def take(
        self, document: Document, kind: AnyKind, taken: Sequence[Candidate]
    ) -> Candidate | None:
        """A candidate that shares nothing with those taken and was in no reply before."""
        used = {base for one in taken for base in one.base}
        left = self._left[document.document_id][kind]
        for candidate in left:
            if not used & candidate.base and (kind, candidate.base) not in self._made:
                left.remove(candidate)
                self._made.add((kind, candidate.base))
                self._counts[kind] += 1
                return candidate
        return None

    def rarest(self, kinds: Iterable[AnyKind], *key: object) -> list[AnyKind]:
        """Kinds in the order of how few there are by now."""
        in_turn = shuffled(kinds, *key)
        return sorted(in_turn, key=lambda kind: self._counts[kind])

    def left(self, document: Document, kind: AnyKind) -> int:
        """How many candidates of a kind are left."""
        return len(self._left[document.document_id][kind])


def compose(pool: Pool, document: Document, number: int) -> list[Candidate]:
    """What a reply consists of: one or two faults, and good sentences of several kinds."""
    key = (document.source, number)
    taken = list[Candidate]()
    wanted = 1 + (draw(5, "faults", *key) < 2)
    for kind in pool.rarest(FAULTY, "fault", *key):
        if len(taken) < wanted:
            taken += _some(pool.take(document, kind, taken))
    size = _FEWEST + 1 + draw(_MOST - _FEWEST, "size", *key)
    written = 2 if pool.left(document, "paraphrase") > 2 else 1
    for _ in range(written):
        taken += _some(pool.take(document, "paraphrase", taken))
    others: list[GoodKind] = [kind for kind in GOOD if kind != "paraphrase"]
    for kind in pool.rarest(others, "good", *key):
        if _sentences(taken) < size:
            taken += _some(pool.take(document, kind, taken))
    bases = {f"{one.kind} {sorted(one.base)[0]}": one for one in taken}
    return [bases[name] for name in shuffled(bases, "order", *key)]


def _some(candidate: Candidate | None) -> list[Candidate]:
    return [] if candidate is None else [candidate]


def _sentences(taken: Sequence[Candidate]) -> int:
    return sum(len(one.parts) for one in taken)


def lay_out(
    material: Material, taken: Sequence[Candidate], retrieved: Sequence[RetrievedPassage], size: int
) -> list[Shown] | None:
    """The evidence: what the sentences need, filled up with what else was found, in its order.

    None where more than can be shown is needed.
    """
    needed = {one.key: one for part in _parts(taken) for one in (*part.cites, *part.beside)}
    banned = {one.elsewhere for one in taken}
    found = {
        one.key: one
        for passage in retrieved
        if passage.document.document_id not in banned
        for one in material.passages[passage.document.document_id]
        if one.passage.passage_id == passage.passage.passage_id
    }
    size = max(size, len(needed))
    if size > _SHOWN[1]:
        return None
    others = [key for key in found if key not in needed][: size - len(needed)]
    order = [key for key in found if key in needed or key in others]
    shown = found | needed
    rest = shuffled((key for key in needed if key not in order), "rest")
    return [shown[key] for key in (*order, *rest)]


def _parts(taken: Sequence[Candidate]) -> Iterator[Part]:
    return (part for one in taken for part in one.parts)


def build_replies(material: Material, retrieve: Retrieve) -> list[Reply]:
    """The replies, dev before test; each document of a half has its turn until there are enough."""
    replies = list[Reply]()
    for half in HALVES:
        pool = Pool(material, half)
        documents = {one.source: one for one in material.of_half(half)}
        order = shuffled(documents, "documents")
        for number in range(EACH_HALF):
            document = documents[order[number % len(order)]]
            reply = _reply(material, compose(pool, document, number), document, half, retrieve)
            replies += [] if reply is None else [reply]
    return replies


def _reply(
    material: Material,
    taken: Sequence[Candidate],
    document: Document,
    half: Half,
    retrieve: Retrieve,
) -> Reply | None:
    if _sentences(taken) < _FEWEST:
        return None
    asked = next(part.cites[0] for one in taken for part in one.parts)
    question = " ".join((document.metadata.title, *asked.passage.heading_path[-1:]))
    size = _SHOWN[0] + draw(_SHOWN[1] - _SHOWN[0] + 1, "shown", question)
    shown = lay_out(material, taken, retrieve(question), size)
    if shown is None:
        return None
    numbers = {one.key: number for number, one in enumerate(shown, start=1)}
    beyond = len(shown) + 1 + draw(3, "beyond", question)
    sentences = tuple(
        Sentence(text=numbered(part, numbers, beyond=beyond), kind=part.kind, note=part.note)
        for one in taken
        for part in one.parts
    )
    words = "\0".join((question, *(one.text for one in sentences)))
    digest = hashlib.blake2b(words.encode(), digest_size=4).hexdigest()
    return Reply(
        id=f"reply-{digest}",
        half=half,
        question=question,
        evidence=tuple(one.reference for one in shown),
        sentences=sentences,
    )


def make_material(system: System, folder: Path = FOLDER) -> Material:
    """All that replies are made from.

    Raises:
        EvaluationError: Something kept by hand is malformed, or a paraphrase has a number, a
            date, a name or a quotation that its passages lack.
    """
    library = make_library(built_in_documents(system))
    passages = {
        document.document_id: tuple(
            Shown(passage=one, document=document)
            for one in system.catalog.passages(document.document_id)
        )
        for document in library.documents
    }
    invented = read_records(QUOTATIONS / INVENTIONS, InventedLine)
    material = Material(
        documents=library.documents,
        halves=library.halves,
        passages=passages,
        names=read_names(folder),
        lead_ins=tuple(read_lines(folder / LEAD_INS)),
        paraphrases=read_paraphrases(folder, library.documents, passages),
        unsupported=read_unsupported(folder),
        invented=tuple(one.text for one in invented),
    )
    check_paraphrases(material)
    return material


def check_paraphrases(material: Material) -> None:
    """Refuse paraphrases that say what their passages do not.

    Raises:
        EvaluationError: One or more do; each is named.
    """
    wrong = [
        f"{one.text}：{'、'.join(missing)}"
        for one in material.paraphrases
        if (
            missing := missing_values(
                one.text, "\n".join(shown.seen for shown in one.rests_on), material.all_names
            )
        )
    ]
    if wrong:
        message = f"{PARAPHRASES} 里有材料没有的内容，请改正：\n" + "\n".join(wrong)
        raise EvaluationError(message)


def build(folder: Path = FOLDER, *, into: Path | None = None) -> list[Reply]:
    """Write replies.jsonl anew, and give what was written.

    Args:
        folder: With what is kept by hand.
        into: Where it goes; None for `folder`.

    Raises:
        EvaluationError: As `make_material`.
    """
    with open_builtin_library() as system:
        material = make_material(system, folder)
        retriever = open_retriever(system.storage, system.segmenter)
        replies = build_replies(material, lambda asked: retriever.retrieve(asked, limit=16))
    write_lines((into or folder) / REPLIES, replies)
    return replies


def main() -> int:
    """Run the command; returns the exit code."""
    try:
        replies = build()
    except WenceError as error:
        sys.stderr.write(f"出错：{error}\n")
        return 1
    for half in HALVES:
        kinds = Counter(
            one.kind for reply in replies if reply.half == half for one in reply.sentences
        )
        number = sum(reply.half == half for reply in replies)
        sys.stdout.write(f"{half}：{number} 个回答，{kinds.total()} 句，{dict(kinds)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
