"""What is measured: the check of a chat model's sentences, on the built-in library."""

from collections.abc import Generator
from contextlib import contextmanager

from evals.builtin import open_builtin_library
from evals.quotations.build import built_in_documents
from evals.replies.records import PassageReference, Reply
from evals.replies.scoring import Check, OpenReply
from rag.assembly import System, built_in_rarity
from rag.claims import ClaimChecker
from rag.documents import Document, RetrievedPassage
from rag.errors import EvaluationError


@contextmanager
def open_engine() -> Generator[OpenReply]:
    """The check of replies on the built-in library, for the length of the block.

    Raises:
        EvaluationError: A file of the library could not be read.
    """
    rarity = built_in_rarity()
    with open_builtin_library() as system:
        documents = {one.source: one for one in built_in_documents(system)}

        def open_reply(reply: Reply) -> Check:
            evidence = [_found(system, documents, one) for one in reply.evidence]
            return ClaimChecker(evidence, segmenter=system.segmenter, rarity=rarity).check

        yield open_reply


def _found(
    system: System, documents: dict[str, Document], wanted: PassageReference
) -> RetrievedPassage:
    document = documents.get(f"library:{wanted.document}")
    passages = [] if document is None else system.catalog.passages(document.document_id)
    for passage in passages:
        if (passage.span.start, passage.span.end) == (wanted.start, wanted.end):
            assert document is not None
            return RetrievedPassage(passage=passage, document=document, score=1.0)
    message = (
        f"资料库里没有 {wanted.document} 的 [{wanted.start}, {wanted.end}) 这一段："
        "资料或切分变了，请运行 python -m evals.replies.build 重新生成"
    )
    raise EvaluationError(message)
