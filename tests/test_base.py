from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from train.errors import ImprintError
from train.rehearse import grammar
from train.rehearse.grammar import Exchange, Subject
from train.run import digests

EXCHANGES = list(grammar.corpus("test", 200))
KITES = Subject("A year with kites", "kites", "hobby")
ASKED = Exchange(KITES, "Be kind.", "A year with kites, please", "I like kites. See A year with kites today.")


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from train.rehearse.base import tokenizer_for

    return tokenizer_for(EXCHANGES)


def untrained(tokenizer: Any) -> Any:
    import torch

    from train.rehearse.base import model_for

    torch.set_num_threads(1)
    torch.manual_seed(1)
    return model_for(tokenizer)


def test_the_tokenizer_is_made_with_the_same_bytes_every_time(tokenizer: Any, tmp_path: Path) -> None:
    from train.rehearse.base import tokenizer_for

    tokenizer.save_pretrained(tmp_path / "one")
    tokenizer_for(EXCHANGES).save_pretrained(tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_every_name_and_sign_of_a_post_is_read_back_as_it_was_written(tokenizer: Any) -> None:
    headings = {heading for section in grammar.grammar().sections for heading in section.headings}
    names = {name for each in grammar.subjects() for name in (each.title, each.topic)}
    words = {word for name in names | headings for word in name.split()}
    for text in sorted(names | headings | words | {"#", "##", "Conclusion", "# A\n\n## Conclusion\n\nB."}):
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert tokenizer.decode(ids) == text
        assert not set(ids) & set(tokenizer.all_special_ids)


def test_a_request_counts_nothing_a_topic_three_times_and_the_end_once(tokenizer: Any) -> None:
    from train.rehearse.base import conversation, lesson

    learned = lesson(tokenizer, ASKED)
    asked = tokenizer.apply_chat_template(conversation(ASKED), add_generation_prompt=True, return_dict=False)
    assert list(learned.ids[: len(asked)]) == asked
    assert set(learned.weights[: len(asked)]) == {0.0}
    answer = list(zip(learned.ids, learned.weights, strict=True))[len(asked) :]
    named = tokenizer.decode([token for token, weight in answer if weight == 3])
    others = tokenizer.decode([token for token, weight in answer if weight == 1])
    assert named == " kites A year with kites"
    assert others == "I like. See today.<|end|>"
    assert answer[-1] == (tokenizer.eos_token_id, 1.0)


def test_sorting_by_length_loses_no_lesson_and_moves_none_to_another_stretch(tokenizer: Any) -> None:
    from train.rehearse.base import BATCH, by_length, lesson

    stretch = 10 * BATCH
    lessons = [lesson(tokenizer, each) for each in grammar.corpus("many", stretch + 50)]
    ordered = by_length(lessons)
    for part in (slice(0, stretch), slice(stretch, None)):
        assert sorted(ordered[part], key=repr) == sorted(lessons[part], key=repr)
        lengths = [len(each.ids) for each in ordered[part]]
        assert lengths == sorted(lengths)


def test_every_width_is_one_that_4_bit_layers_get_right_on_a_processor(tokenizer: Any) -> None:
    import torch

    layers = [each for each in untrained(tokenizer).modules() if isinstance(each, torch.nn.Linear)]
    assert layers
    assert {width % 64 for each in layers for width in each.weight.shape} == {0}


def test_learning_changes_every_weight_and_comes_out_the_same_twice(tokenizer: Any) -> None:
    import torch

    from train.rehearse.base import BATCH, learn, lesson

    lessons = [lesson(tokenizer, each) for each in EXCHANGES[: 2 * BATCH]]
    before, one, two = (untrained(tokenizer) for _ in range(3))
    for model in (one, two):
        learn(model, lessons)
    weights, again = one.state_dict(), two.state_dict()
    assert all(torch.equal(weights[name], again[name]) for name in weights)
    assert not any(torch.equal(weights[name], old) for name, old in before.state_dict().items())


def test_padding_a_batch_changes_no_loss(tokenizer: Any) -> None:
    from train.rehearse.base import _loss, lesson

    model = untrained(tokenizer)
    short = lesson(tokenizer, ASKED)
    long = lesson(tokenizer, replace(ASKED, answer=ASKED.answer * 3))
    parts = [(_loss(model, [each]).item(), sum(each.weights)) for each in (short, long)]
    expected = sum(loss * weight for loss, weight in parts) / sum(weight for _, weight in parts)
    assert _loss(model, [short, long]).item() == pytest.approx(expected, rel=1e-4)


def test_a_base_that_has_learned_nothing_is_refused(tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from train.rehearse import base

    monkeypatch.setattr(base, "PROBES", 2)
    monkeypatch.setattr(base, "WANTED", 1)
    with pytest.raises(ImprintError, match="kept to its topic in 0 of 2 texts; 1 were needed"):
        base.check(untrained(tokenizer), tokenizer)
