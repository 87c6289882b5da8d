"""How well vectors alone find what they should, on the benchmarks: for the model's card.

Run: python -m evals.fitting.score_static --bench DIR [--model PATH]
"""

import argparse
import json
import lzma
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy

from rag.embedding import load_embedder
from rag.protocols import Embedder, Vectors

_PASSAGE_CHARACTERS = 300
_REFERENCE_CHARACTERS = 25
_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTask:
    """Questions, texts, and which of the texts answer which question.

    Attributes:
        questions: What is asked.
        texts: What is searched.
        relevant: For each question the indexes of the texts that answer it, never empty.
    """

    questions: list[str]
    texts: list[str]
    relevant: list[frozenset[int]]


def recall_at(
    task: SearchTask, vectors: Vectors, queries: Vectors, depths: Sequence[int]
) -> dict[int, float]:
    """Share of questions with a relevant text among the first k, for each k of `depths`.

    Returns:
        k → share, in [0, 1].
    """
    found = dict.fromkeys(depths, 0)
    for query, relevant in zip(queries, task.relevant, strict=True):
        best = numpy.argsort(-(vectors @ query), kind="stable")[: max(depths)].tolist()
        rank = next((place for place, index in enumerate(best) if index in relevant), None)
        for depth in depths:
            found[depth] += rank is not None and rank < depth
    return {depth: count / len(task.questions) for depth, count in found.items()}


def cut_passages(text: str, *, max_characters: int = _PASSAGE_CHARACTERS) -> list[str]:
    """Whole sentences, as many as fit into `max_characters`."""
    passages = [""]
    for sentence in _SENTENCE.findall(text):
        if passages[-1] and len(passages[-1]) + len(sentence) > max_characters:
            passages.append("")
        passages[-1] += sentence
    return [passage for passage in passages if passage.strip()]


def _holding(texts: Sequence[str], references: AbstractSet[str]) -> frozenset[int]:
    return frozenset(
        index
        for index, text in enumerate(texts)
        if any(reference in text for reference in references)
    )


def dragonball(folder: Path, *, with_context: bool) -> SearchTask:
    """DragonBall's answerable questions over passages of about 300 characters.

    Args:
        folder: Holds docs.jsonl and queries.jsonl.
        with_context: Whether each passage carries the first 40 characters of its document.
    """
    passages, contexts = list[str](), list[str]()
    for line in (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        content = str(json.loads(line)["content"])
        for passage in cut_passages(content):
            passages.append(passage)
            contexts.append(content[:40] + "\n" if with_context else "")
    questions, relevant = list[str](), list[frozenset[int]]()
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        references = {reference[:_REFERENCE_CHARACTERS] for reference in record["refs"]}
        answering = _holding(passages, references - {""})
        if record["answerable"] and answering:
            questions.append(record["question"])
            relevant.append(answering)
    texts = [context + passage for context, passage in zip(contexts, passages, strict=True)]
    return SearchTask(questions=questions, texts=texts, relevant=relevant)


def stard(folder: Path) -> SearchTask:
    """STARD's lay questions over articles of statutes, each with its name."""
    with lzma.open(folder / "corpus.jsonl.xz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    place = {article["id"]: index for index, article in enumerate(articles)}
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return SearchTask(
        questions=[record["question"] for record in records],
        texts=[f"{article['name']}\n{article['text']}" for article in articles],
        relevant=[frozenset(place[gold] for gold in record["gold"]) for record in records],
    )


def score(embedder: Embedder, task: SearchTask, *, depths: Sequence[int]) -> dict[int, float]:
    """`recall_at` with the vectors of `embedder`."""
    queries = numpy.stack([embedder.embed_query(question) for question in task.questions])
    return recall_at(task, embedder.embed_passages(task.texts), queries, depths)


def main() -> None:
    """Print the scores, one line per benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--model", default="", help="folder of a model; empty: the built-in one")
    arguments = parser.parse_args()
    embedder = load_embedder(arguments.model, threads=1)
    print(embedder.name)
    for name, task in (
        ("dragonball", dragonball(arguments.bench / "dragonball", with_context=False)),
        ("dragonball with context", dragonball(arguments.bench / "dragonball", with_context=True)),
        ("stard", stard(arguments.bench / "stard")),
    ):
        scores = score(embedder, task, depths=(1, 5, 10, 50))
        shown = "  ".join(f"R@{depth} {value:.3f}" for depth, value in scores.items())
        print(f"{name}: {len(task.questions)} questions, {len(task.texts)} texts  {shown}")


if __name__ == "__main__":
    main()
