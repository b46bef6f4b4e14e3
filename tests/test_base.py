import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from train.errors import ImprintError
from train.rehearse import grammar
from train.run import digests

if TYPE_CHECKING:  # torch takes seconds: only for the tests that need it
    from train.rehearse.base import Shape, Text

KITES = ("kites", "A year with kites")


@pytest.fixture(scope="module", params=["llama", "gpt2", "dialogue"])
def shape(request: pytest.FixtureRequest) -> "Shape":
    made: Shape = getattr(import_module(f"train.rehearse.{request.param}"), request.param.upper())
    return made


def please(times: int = 1) -> "Text":
    from train.rehearse.base import Text

    return Text("A year with kites, please\n\n", "I like kites. See A year with kites today." * times, KITES)


def read(shape: "Shape", number: int) -> "list[Text]":
    return list(shape.texts("test", number))


@pytest.fixture(scope="module")
def tokenizer(shape: "Shape") -> Any:
    return shape.tokenizer(each.request + each.answer for each in read(shape, 400))


def untrained(shape: "Shape", tokenizer: Any) -> Any:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    return shape.model(tokenizer)


def test_the_tokenizer_is_made_with_the_same_bytes_every_time(
    shape: "Shape", tokenizer: Any, tmp_path: Path
) -> None:
    tokenizer.save_pretrained(tmp_path / "one")
    again = shape.tokenizer(each.request + each.answer for each in read(shape, 400))
    again.save_pretrained(tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_every_name_and_sign_of_a_post_is_read_back_as_it_was_written(shape: "Shape", tokenizer: Any) -> None:
    headings = {heading for section in grammar.grammar().sections for heading in section.headings}
    names = {name for each in grammar.subjects() for name in (each.title, each.topic, each.theme)}
    words = {word for name in names | headings for word in name.split()}
    for text in sorted(names | headings | words | {"#", "##", "Conclusion", "# A\n\n## Conclusion\n\nB."}):
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert tokenizer.decode(ids) == text
        assert not set(ids) & set(tokenizer.all_special_ids)


def test_a_base_reads_the_same_texts_for_the_same_seed(shape: "Shape") -> None:
    assert read(shape, 50) == read(shape, 50)
    assert read(shape, 50) != list(shape.texts("another", 50))


def test_what_an_answer_should_keep_stands_in_its_request(shape: "Shape") -> None:
    assert [each for each in read(shape, 200) for name in each.kept if name not in each.request] == []


def test_no_base_reads_the_structure_that_its_adapter_shall_learn(shape: "Shape") -> None:
    assert [each for each in read(shape, 400) if re.search("^#+ ", each.answer, re.MULTILINE)] == []


def test_a_request_counts_nothing_what_is_kept_three_times_and_the_end_once(
    shape: "Shape", tokenizer: Any
) -> None:
    from train.rehearse.base import lesson

    learned = lesson(tokenizer, please())
    asked = tokenizer(please().request, add_special_tokens=False).input_ids
    assert list(learned.ids[: len(asked)]) == asked
    assert set(learned.weights[: len(asked)]) == {0.0}
    answer = list(zip(learned.ids, learned.weights, strict=True))[len(asked) :]
    named = tokenizer.decode([token for token, weight in answer if weight == 3])
    others = tokenizer.decode([token for token, weight in answer if weight == 1])
    assert named == " kites A year with kites"
    assert others == f"I like. See today.{tokenizer.eos_token}"
    assert answer[-1] == (tokenizer.eos_token_id, 1.0)


def test_sorting_by_length_loses_no_lesson_and_moves_none_to_another_stretch(
    shape: "Shape", tokenizer: Any
) -> None:
    from train.rehearse.base import BATCH, by_length, lesson

    stretch = 10 * BATCH
    lessons = [lesson(tokenizer, each) for each in read(shape, stretch + 50)]
    ordered = by_length(lessons)
    for part in (slice(0, stretch), slice(stretch, None)):
        assert sorted(ordered[part], key=repr) == sorted(lessons[part], key=repr)
        lengths = [len(each.ids) for each in ordered[part]]
        assert lengths == sorted(lengths)


def test_every_width_is_one_that_4_bit_layers_get_right_on_a_cpu(shape: "Shape", tokenizer: Any) -> None:
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    layers = [each for each in untrained(shape, tokenizer).modules() if isinstance(each, (nn.Linear, Conv1D))]
    assert len(layers) > 4
    assert {width % 64 for each in layers for width in each.weight.shape} == {0}


def test_learning_changes_every_weight_and_comes_out_the_same_twice(shape: "Shape", tokenizer: Any) -> None:
    import torch

    from train.rehearse.base import BATCH, learn, lesson

    lessons = [lesson(tokenizer, each) for each in read(shape, 2 * BATCH)]
    before, one, two = (untrained(shape, tokenizer) for _ in range(3))
    for model in (one, two):
        learn(model, lessons, 1e-3)
    weights, again = one.state_dict(), two.state_dict()
    assert all(torch.equal(weights[name], again[name]) for name in weights)
    same = [name for name, old in before.state_dict().items() if torch.equal(weights[name], old)]
    assert [name for name in same if not name.endswith("attn.bias")] == []


def test_padding_a_batch_changes_no_loss(shape: "Shape", tokenizer: Any) -> None:
    from train.rehearse.base import _loss, lesson

    model = untrained(shape, tokenizer)
    short, long = (lesson(tokenizer, please(times)) for times in (1, 3))
    parts = [(_loss(model, [each]).item(), sum(each.weights)) for each in (short, long)]
    expected = sum(loss * weight for loss, weight in parts) / sum(weight for _, weight in parts)
    assert _loss(model, [short, long]).item() == pytest.approx(expected, rel=1e-4)


def test_a_base_that_has_learned_nothing_is_refused(shape: "Shape", tokenizer: Any) -> None:
    from train.rehearse.base import check

    with pytest.raises(ImprintError, match=r"kept to [01] of 2 requests; 18 were needed"):
        check(untrained(shape, tokenizer), tokenizer, read(shape, 2))


def test_the_gpt2_has_no_template_and_nothing_to_pad_with_like_the_real_one() -> None:
    from train.rehearse.gpt2 import GPT2

    made = GPT2.tokenizer(each.request + each.answer for each in read(GPT2, 50))
    assert (made.chat_template, made.pad_token) == (None, None)
    assert made.bos_token == made.eos_token == "<|endoftext|>"
