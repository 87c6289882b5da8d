from pathlib import Path

import numpy

from evals.fitting.policy_examples import QUOTAS, policy_texts


def test_every_question_belongs_to_a_whole_sentence(question_folder: Path):
    texts = list(policy_texts(question_folder, numpy.random.default_rng(1)))
    assert 0 < len(texts) <= sum(QUOTAS.values())
    for text in texts:
        (asked,) = text.asked
        assert not asked.exact
        assert asked.answer is not None
        assert asked.answer.of(text.text).endswith("。")


def test_the_same_seed_gives_the_same_questions(question_folder: Path):
    first, second = (
        list(policy_texts(question_folder, numpy.random.default_rng(5))) for _ in range(2)
    )
    assert first == second
