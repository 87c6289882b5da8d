import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding import is_static_folder, load_embedder, load_static_embedder
from rag.errors import WenceError
from rag.protocols import Embedder
from rag.words import STATIC_MODEL, word_text

ROOT = Path(__file__).parents[2]
TEXTS = [
    "市中区机构改革后共设置37个党政机构。",
    "二七区委编办负责人介绍了“放管服”改革的进展，2019年3月起施行。",
    "WenCe 问策",
    "，。",
    "",
    "今天天气很好，适合到公园散步。",
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


def write_static_folder(folder: Path, *, key: str, prompts: dict[str, str] | None = None) -> Path:
    """A StaticEmbedding over four words, three dimensions, as other tools write it."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder.mkdir()
    words = {"[UNK]": 0, "机构": 1, "改革": 2, "天气": 3}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = numpy.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, -3]], dtype=numpy.float16)
    tensors = {key: rows}
    if key == "embeddings":
        tensors = {
            "embeddings": rows[[0, 3, 2, 1]],
            "mapping": numpy.array([0, 3, 2, 1]),
            "weights": numpy.array([1, 1, 0.5, 2], dtype=numpy.float32),
        }
    save_file(tensors, folder / "model.safetensors")
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": prompts or {}})
    )
    return folder


def test_rows_have_length_one_or_zero(embedder: Embedder):
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == numpy.float32
    lengths = numpy.linalg.norm(vectors, axis=1)
    assert lengths == pytest.approx([1, 1, 1, 0, 0, 1], abs=1e-6)


def test_no_texts_give_no_rows(embedder: Embedder):
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_text_gets_the_same_vector_alone_and_among_others(texts: list[str]):
    together = EMBEDDER.embed_passages(texts)
    for text, vector in zip(texts, together, strict=True):
        assert numpy.array_equal(EMBEDDER.embed_query(text), vector)


def test_a_question_is_nearer_to_its_answer_than_to_another_text(embedder: Embedder):
    question = embedder.embed_query("机构改革以后有多少个党政机构？")
    passages = embedder.embed_passages(TEXTS)
    assert int(numpy.argmax(passages @ question)) == 0


def test_traditional_and_full_width_writing_change_nothing(embedder: Embedder):
    plain, other = embedder.embed_passages(["机构改革37个", "機構改革３７個"])
    assert numpy.array_equal(plain, other)


def test_the_name_changes_with_the_weights(tmp_path: Path):
    first = write_static_folder(tmp_path / "first", key="embedding.weight")
    name = load_embedder(str(first)).name
    assert name.startswith("first@")
    weights = first / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 0x01
    weights.write_bytes(content)
    assert load_embedder(str(first)).name != name


@pytest.mark.parametrize("key", ["embedding.weight", "embeddings"])
def test_a_static_folder_is_run_as_the_mean_of_its_rows(tmp_path: Path, key: str):
    folder = write_static_folder(tmp_path / "model", key=key)
    assert is_static_folder(folder)
    vector = load_embedder(str(folder)).embed_query("机构 改革 无")
    expected = {"embedding.weight": [1, 2, 0], "embeddings": [1, 1, 0]}[key]
    assert vector == pytest.approx(numpy.array(expected) / numpy.linalg.norm(expected))


def test_a_static_folder_with_prompts_is_left_to_sentence_transformers(tmp_path: Path):
    folder = write_static_folder(
        tmp_path / "model", key="embedding.weight", prompts={"query": "机构 "}
    )
    assert not is_static_folder(folder)


def test_a_folder_of_something_else_is_not_static(tmp_path: Path):
    assert not is_static_folder(tmp_path)


@pytest.mark.parametrize("path", ["/没有/这个/文件夹", "./没有", "~/没有这个文件夹"])
def test_a_missing_folder_is_named(path: str):
    with pytest.raises(WenceError, match=r"找不到嵌入模型的文件夹：.*没有"):
        load_embedder(path)


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "model").write_text("")
    with pytest.raises(WenceError, match="文件夹"):
        load_embedder(str(tmp_path / "model"))


def test_damaged_weights_are_an_error(tmp_path: Path):
    folder = write_static_folder(tmp_path / "model", key="embedding.weight")
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(WenceError, match="无法读取嵌入模型"):
        load_embedder(str(folder))


def test_a_missing_tokenizer_is_an_error(tmp_path: Path):
    folder = write_static_folder(tmp_path / "model", key="embedding.weight")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(WenceError, match=r"tokenizer\.json"):
        load_embedder(str(folder))


def test_the_built_in_model_loads_without_torch():
    program = (
        "import sys;"
        "from rag.embedding import load_embedder;"
        "load_embedder().embed_query('机构改革');"
        "print(*{'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "\n"


def test_the_built_in_model_is_small():
    assert sum(path.stat().st_size for path in STATIC_MODEL.iterdir()) <= 16 * 2**20
    assert EMBEDDER.dimensions <= 256


def test_the_card_names_what_the_model_was_trained_on():
    from evals.fitting.training_texts import PAIR_FILES, TEXT_FILES

    card = (STATIC_MODEL / "README.md").read_text(encoding="utf-8")
    for name in (*TEXT_FILES, *PAIR_FILES):
        assert f"`{name}`" in card
    assert "python -m evals.fitting.train_static" in card


@pytest.mark.slow
def test_numpy_gives_what_sentence_transformers_gives():
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(STATIC_MODEL), device="cpu", local_files_only=True)
    prepared = [word_text(text) for text in TEXTS]
    reference = model.encode(prepared, normalize_embeddings=True)
    assert EMBEDDER.embed_passages(TEXTS) == pytest.approx(numpy.asarray(reference), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["embedding.weight", "embeddings"])
def test_numpy_runs_other_folders_as_sentence_transformers_does(tmp_path: Path, key: str):
    from sentence_transformers import SentenceTransformer

    folder = write_static_folder(tmp_path / "model", key=key)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = ["机构 改革", "天气", "改革 改革 天气"]
    reference = numpy.asarray(model.encode(texts, normalize_embeddings=True))
    assert load_embedder(str(folder)).embed_passages(texts) == pytest.approx(reference, abs=1e-3)


def write_tiny_transformer(folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    source = folder / "bert"
    source.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"机构改革共设置个天气很好"]
    (source / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(source / "vocab.txt")).save_pretrained(source)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(config).save_pretrained(source)
    transformer = Transformer(str(source))
    model = SentenceTransformer(
        modules=[transformer, Pooling(16)], prompts={"query": "改革", "document": ""}, device="cpu"
    )
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
def test_a_transformer_is_loaded_from_its_folder(tmp_path: Path):
    import torch

    folder = write_tiny_transformer(tmp_path)
    threads = torch.get_num_threads()
    try:
        embedder = load_embedder(str(folder), threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(threads)
    assert embedder.dimensions == 16
    assert embedder.name.startswith("model@")
    assert embedder.name == load_embedder(str(folder)).name
    vectors = embedder.embed_passages(["机构改革", "天气很好"])
    assert numpy.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert embedder.embed_passages([]).shape == (0, 16)
    asked = embedder.embed_query("机构")
    assert asked == pytest.approx(embedder.embed_passages(["改革机构"])[0], abs=1e-6)


@pytest.mark.slow
def test_a_folder_without_a_model_is_an_error(tmp_path: Path):
    with pytest.raises(WenceError, match="无法加载嵌入模型"):
        load_embedder(str(tmp_path))


@pytest.mark.slow
def test_a_name_that_was_not_downloaded_is_an_error(tmp_path: Path):
    program = (
        "from rag.embedding import load_embedder; from rag.errors import WenceError\n"
        "try: load_embedder('nobody/no-such-model')\n"
        "except WenceError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)},
    )
    assert "nobody/no-such-model" in done.stdout
    assert "路径" in done.stdout


EMBEDDER = load_static_embedder(STATIC_MODEL, name="test", prepare=word_text)
