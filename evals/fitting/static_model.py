"""Writing the trained rows as a sentence-transformers folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray
from safetensors.numpy import save

from evals.fitting.word_vectors import Matrix

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.sentence_transformer.modules.StaticEmbedding",
    }
]
_CONFIG = {"model_type": "SentenceTransformer", "prompts": {}, "similarity_fn_name": "cosine"}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantisedRows:
    """Rows as whole numbers: row i is `numbers[i] * scales[i]`.

    Attributes:
        numbers: Shape (words, dimensions), int8.
        scales: Shape (words,), float32.
    """

    numbers: NDArray[numpy.int8]
    scales: Matrix

    def rows(self) -> Matrix:
        """What the model will compute with."""
        return self.numbers * self.scales[:, None]


def quantise(rows: Matrix) -> QuantisedRows:
    """Each row by its own largest value, so that light words are kept as exactly as heavy ones."""
    scales = (numpy.abs(rows).max(axis=1) / 127).astype(numpy.float32)
    divisors = numpy.where(scales > 0, scales, 1)[:, None]
    numbers = numpy.rint(rows / divisors).clip(-127, 127).astype(numpy.int8)
    return QuantisedRows(numbers=numbers, scales=scales)


def principal_axes(rows: Matrix) -> Matrix:
    """`rows` turned so that the first dimensions hold the most; cosines stay as they are."""
    _, axes = numpy.linalg.eigh((rows.T @ rows).astype(numpy.float64))
    return (rows @ axes[:, ::-1]).astype(numpy.float32)


def write_model(folder: Path, tokenizer: "Tokenizer", rows: QuantisedRows) -> None:
    """A folder that sentence-transformers loads: one `StaticEmbedding`, rows as int8.

    The names of the two tensors are those of model2vec, which sentence-transformers (6.2)
    multiplies out on loading: a plain `embedding.weight` cannot carry a factor for each row.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    content = save({"embeddings": rows.numbers, "weights": rows.scales})
    (folder / "model.safetensors").write_bytes(content)
    for name, value in (
        ("modules.json", _MODULES),
        ("config_sentence_transformers.json", _CONFIG),
    ):
        (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
