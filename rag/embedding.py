"""Embedders: the built-in static model with numpy, any other through sentence-transformers."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy
from numpy.typing import NDArray

from rag.errors import WenceError
from rag.protocols import Embedder, Vectors
from rag.words import STATIC_MODEL, load_tokenizer, word_text

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUILT_IN_NAME = "wence-static"
_BATCH = 1024
_DIGEST_CHARACTERS = 12
_NUMPY_DTYPES = {"F64", "F32", "F16", "I64", "I32", "I8"}


def load_embedder(model: str = "", *, threads: int = 1) -> Embedder:
    """The embedder that a setting names.

    Args:
        model: Empty for the built-in model; else the path of a folder in sentence-transformers
            format, or a name of the Hugging Face hub. A name is looked up among the models
            that were downloaded before; only if it is not there, it is downloaded.
        threads: Threads that torch may use, for the whole process; numpy needs none.

    Raises:
        WenceError: There is no such model, or it cannot be loaded.
    """
    if not model:
        return load_static_embedder(STATIC_MODEL, name=BUILT_IN_NAME, prepare=word_text)
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if folder.is_absolute() or model.startswith((".", "~")) or folder.exists():
            message = f"找不到嵌入模型的文件夹：{model!r}。请给出模型所在文件夹的路径。"
            raise WenceError(message)
        return TransformerEmbedder(_load_by_name(model), name=model, threads=threads)
    if is_static_folder(folder):
        return load_static_embedder(folder, name=folder.resolve().name)
    return TransformerEmbedder(
        _load_from_folder(folder), name=folder.resolve().name, threads=threads
    )


def _unit_rows(vectors: Vectors) -> Vectors:
    """Rows divided by their lengths; rows of zeros stay."""
    lengths = numpy.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / numpy.where(lengths > 0, lengths, 1)).astype(numpy.float32)


class StaticEmbedder:
    """A text's vector is the mean of its tokens' rows, made unit length.

    Implements `rag.protocols.Embedder`. Gives what sentence-transformers' `StaticEmbedding`
    gives with `normalize_embeddings=True`, without torch.

    Args:
        tokenizer: A tokenizer.json.
        rows: Shape (tokens, dimensions), one row per token number; int8 or floating point.
        scales: Shape (tokens,): what each row is to be multiplied with.
        name: Model and digest of its weights.
        prepare: Applied to each text before it is tokenized.
    """

    def __init__(
        self,
        tokenizer: Path,
        rows: NDArray[numpy.generic],
        scales: Vectors,
        *,
        name: str,
        prepare: Callable[[str], str] = str,
    ):
        self._tokenizer = load_tokenizer(tokenizer)
        self._tokenizer.no_padding()
        self._rows = rows
        self._scales = scales
        self._prepare = prepare
        self.name = name
        self.dimensions = int(rows.shape[1])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions); a text without any known word gives zeros."""
        vectors = numpy.zeros((len(texts), self.dimensions), dtype=numpy.float32)
        for first in range(0, len(texts), _BATCH):
            prepared = [self._prepare(text) for text in texts[first : first + _BATCH]]
            encodings = self._tokenizer.encode_batch_fast(prepared, add_special_tokens=False)
            for index, encoding in enumerate(encodings, start=first):
                numbers = encoding.ids
                if numbers:
                    # The sum stands for the mean: both have the same direction.
                    rows = self._rows[numbers].astype(numpy.float32, copy=False)
                    vectors[index] = self._scales[numbers] @ rows
        return _unit_rows(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Shape (dimensions,): queries and passages are embedded alike."""
        return self.embed_passages([text])[0]


def is_static_folder(folder: Path) -> bool:
    """Whether `folder` holds nothing but a `StaticEmbedding` that numpy can run.

    A `Normalize` module after it changes nothing here. Prompts, and weights in a type that
    numpy does not have, are left to sentence-transformers.
    """
    modules = _read_modules(folder)
    kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    if kinds not in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]):
        return False
    weights = folder / modules[0]["path"] / "model.safetensors"
    return weights.is_file() and not _has_prompts(folder) and _numpy_reads(weights)


def _read_modules(folder: Path) -> list[dict[str, str]]:
    path = folder / "modules.json"
    if not path.is_file():
        return []
    return cast("list[dict[str, str]]", json.loads(path.read_text(encoding="utf-8")))


def _has_prompts(folder: Path) -> bool:
    path = folder / "config_sentence_transformers.json"
    if not path.is_file():
        return False
    prompts = json.loads(path.read_text(encoding="utf-8")).get("prompts") or {}
    return any(prompts.values())


def _numpy_reads(weights: Path) -> bool:
    """Whether numpy has the types of the tensors; damage is left to whoever loads them."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, framework="numpy") as tensors:
            names = list(tensors.keys())
            types = {tensors.get_slice(name).get_dtype() for name in names}
    except SafetensorError:
        return True
    return types <= _NUMPY_DTYPES and not {"embedding.weight", "embeddings"}.isdisjoint(names)


def load_static_embedder(
    folder: Path, *, name: str, prepare: Callable[[str], str] = str
) -> StaticEmbedder:
    """The `StaticEmbedding` in `folder`, run with numpy.

    Weights are either `embedding.weight`, or as model2vec writes them: `embeddings`, with
    `weights` (a factor per token) and `mapping` (the row of each token) where there are any.
    The built-in model uses the factors to hold its rows as int8.

    Raises:
        WenceError: A file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    modules = _read_modules(folder)
    part = folder / (modules[0]["path"] if modules else "")
    try:
        content = (part / "model.safetensors").read_bytes()
        tokenizer = (part / "tokenizer.json").read_bytes()
        tensors = load(content)
    except (OSError, SafetensorError) as error:
        message = f"无法读取嵌入模型：{folder}（{error}）。请检查文件夹是否完整。"
        raise WenceError(message) from error
    digest = hashlib.sha256(hashlib.sha256(content).digest() + tokenizer).hexdigest()
    rows, scales = _rows_and_scales(tensors)
    return StaticEmbedder(
        part / "tokenizer.json",
        rows,
        scales,
        name=f"{name}@{digest[:_DIGEST_CHARACTERS]}",
        prepare=prepare,
    )


def _rows_and_scales(
    tensors: dict[str, NDArray[numpy.generic]],
) -> tuple[NDArray[numpy.generic], Vectors]:
    rows = tensors["embedding.weight"] if "embedding.weight" in tensors else tensors["embeddings"]
    if "mapping" in tensors:
        rows = rows[tensors["mapping"].astype(numpy.int64)]
    scales = tensors.get("weights", numpy.ones(len(rows), dtype=numpy.float32))
    return rows, scales.astype(numpy.float32)


class TransformerEmbedder:
    """Any sentence-transformers model, with the prompts it has for queries and passages.

    Implements `rag.protocols.Embedder`.

    Args:
        model: The loaded model.
        name: What to call it; a digest of its weights is added.
        threads: Threads that torch may use, for the whole process.
    """

    def __init__(self, model: "SentenceTransformer", *, name: str, threads: int):
        import torch

        torch.set_num_threads(threads)
        self._model = model
        self.name = f"{name}@{_digest_of(model)[:_DIGEST_CHARACTERS]}"
        self.dimensions = int(model.get_embedding_dimension() or 0)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions)."""
        if not texts:
            return numpy.zeros((0, self.dimensions), dtype=numpy.float32)
        vectors = self._model.encode_document(list(texts), show_progress_bar=False)
        return _unit_rows(numpy.asarray(vectors, dtype=numpy.float32))

    def embed_query(self, text: str) -> Vectors:
        """Shape (dimensions,), with the model's prompt for queries where it has one."""
        vectors = self._model.encode_query([text], show_progress_bar=False)
        return _unit_rows(numpy.asarray(vectors, dtype=numpy.float32))[0]


def _digest_of(model: "SentenceTransformer") -> str:
    import torch

    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(flat.view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _load_from_folder(folder: Path) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        message = (
            f"无法加载嵌入模型：{folder}（{error}）。"
            "请确认文件夹里是完整的 sentence-transformers 模型。"
        )
        raise WenceError(message) from error


def _load_by_name(name: str) -> "SentenceTransformer":
    import httpx
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu", local_files_only=True)
    except (OSError, ValueError):
        pass  # not downloaded yet
    try:
        return SentenceTransformer(name, device="cpu")
    except (OSError, ValueError, RuntimeError, httpx.HTTPError) as error:
        message = (
            f"找不到嵌入模型 {name!r}：本机没有这个文件夹，也没有下载过这个名称的模型，"
            "此刻又无法下载。请先联网下载，或把 WENCE_EMBEDDING_MODEL 设为模型文件夹的路径；"
            "留空则使用内置模型。"
        )
        raise WenceError(message) from error
