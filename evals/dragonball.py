"""RAGEval's DragonBall, Chinese part: is the passage found that holds the reference?"""

from collections.abc import Mapping
from pathlib import Path

from evals.datasets import read_lines
from evals.libraries import Text, open_library
from rag.documents import Filters
from rag.text import fold

REFERENCE_CHARS = 25
CUTOFFS = (1, 5, 10)


def measure_retrieval(folder: Path) -> Mapping[str, float]:
    """R@1, R@5, R@10: share of the answerable questions for which a passage that holds the
    first 25 characters of a reference sentence stands among the first k.

    Args:
        folder: With docs.jsonl and queries.jsonl as published.
    """
    questions = [q for q in read_lines(folder / "queries.jsonl") if q["answerable"] and q["refs"]]
    texts = [
        Text(key=f"{document['doc_id']}.txt", text=document["content"])
        for document in read_lines(folder / "docs.jsonl")
    ]
    found = dict.fromkeys(CUTOFFS, 0)
    with open_library(texts) as system:
        for question in questions:
            references = [fold(reference)[:REFERENCE_CHARS] for reference in question["refs"]]
            passages = system.assistant.search(
                question["question"], filters=Filters(), limit=max(CUTOFFS)
            )
            holds = [any(r in fold(p.passage.text) for r in references) for p in passages]
            for cutoff in CUTOFFS:
                found[cutoff] += any(holds[:cutoff])
        passages_indexed = system.catalog.counts().passages
    shares = {f"R@{cutoff}": found[cutoff] / len(questions) for cutoff in CUTOFFS}
    return {"questions": len(questions), "passages": passages_indexed, **shares}
