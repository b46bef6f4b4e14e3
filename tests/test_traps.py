"""What goes wrong in silence with the installed packages: each trap is sprung here, beside what avoids it."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
from bitsandbytes import nn
from bitsandbytes.functional import dequantize_4bit
from hypothesis import given
from hypothesis import strategies as st
from trl import SFTConfig, SFTTrainer

from tests import toy
from train import recipe as recipes
from train.tune import checks, lessons, prompt
from train.tune.lessons import UNLEARNED, Lesson
from train.tune.report import Cut

BLOG = recipes.load("blog")
LENGTH = 128
TEXTS = ["Tea is good.", "More tea. " * 40, "A cold morning. " * 12, "Short."]


def linear(width_in: int, width_out: int) -> Any:
    made: Any = nn.Linear4bit  # type: ignore[attr-defined]
    return made(width_in, width_out, bias=False, compute_dtype=torch.float32, quant_type="nf4").to("cpu")


def rows() -> list[dict[str, Any]]:
    return [prompt.row(BLOG, f"Title {place}", text.strip(), 80) for place, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    toy.base(folder)
    return folder


def trained_on(base: Path, folder: Path, given: Sequence[dict[str, Any]], **options: Any) -> Any:
    from transformers import AutoModelForCausalLM

    tokenizer = toy.tokenizer()
    prompt.dress(BLOG, tokenizer)
    arguments = SFTConfig(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        activation_checkpointing=False,
        max_length=LENGTH,
        report_to="none",
        **options,
    )
    return SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(base),
        args=arguments,
        train_dataset=datasets.Dataset.from_list(list(given)),
        processing_class=tokenizer,
    )


def ours() -> tuple[tuple[Lesson, ...], Cut, Any]:
    tokenizer = toy.tokenizer()
    prompt.dress(BLOG, tokenizer)
    return *lessons.lessons(tokenizer, rows(), LENGTH), tokenizer


def ends(trainer: Any) -> int:
    labels = [label for row in trainer.train_dataset for label in row["labels"]]
    return labels.count(trainer.processing_class.eos_token_id)


def test_bfd_packing_drops_the_end_of_a_long_document(base: Path, tmp_path: Path) -> None:
    long = sum(len(text) > LENGTH for text in TEXTS)
    assert ends(trained_on(base, tmp_path, rows(), packing=True)) == len(TEXTS) - long


@pytest.mark.parametrize("packing", [True, False])
def test_every_documents_end_is_learned_once(packing: bool, base: Path, tmp_path: Path) -> None:
    made, _, _ = ours()
    trainer = trained_on(base, tmp_path, [asdict(each) for each in made], packing=packing)
    learned = [label for row in trainer.train_dataset for label in row["labels"] if label != UNLEARNED]
    assert ends(trainer) == len(TEXTS)
    assert sorted(learned) == sorted(label for each in made for label in each.labels if label != UNLEARNED)


def test_labels_are_the_answer_and_its_end_alone() -> None:
    made, cut, tokenizer = ours()
    learned = [label for each in made for label in each.labels if label != UNLEARNED]
    texts = "".join(f"{text.strip()}{tokenizer.eos_token}" for text in TEXTS)
    assert tokenizer.decode(learned) == texts
    assert cut == Cut(rows=0, tokens=0, split=2)
    assert all(each.input_ids.count(tokenizer.bos_token_id) == 1 for each in made)


def test_a_piece_of_a_long_answer_follows_its_prompt_and_the_words_before_it() -> None:
    first, second, third = lessons.windows([1, 2], range(10, 22), 8)
    assert first == Lesson((1, 2, 10, 11, 12, 13, 14, 15), (-100, -100, 10, 11, 12, 13, 14, 15))
    assert second == Lesson((1, 2, 15, 16, 17, 18, 19, 20), (-100, -100, -100, 16, 17, 18, 19, 20))
    assert third == Lesson((1, 2, 20, 21), (-100, -100, -100, 21))


@given(st.integers(0, 40), st.integers(1, 300), st.integers(16, 64))
def test_every_token_of_an_answer_is_learned_once_or_counted_as_cut(
    asked: int, said: int, length: int
) -> None:
    answer = list(range(1000, 1000 + said))
    made = list(lessons.windows([1] * asked, answer, length))
    assert all(len(each.input_ids) == len(each.labels) <= length for each in made)
    assert all(each.input_ids[:asked] == (1,) * asked for each in made)
    learned = [label for each in made for label in each.labels if label != UNLEARNED]
    assert learned == (answer if made else [])
    assert bool(made) == (asked + said <= length or asked < length - length // 2)


def test_a_row_whose_prompt_leaves_no_room_is_left_out_and_counted() -> None:
    tokenizer = toy.tokenizer()
    prompt.dress(BLOG, tokenizer)
    endless = prompt.row(BLOG, "A title " * 90, "Tea is good. " * 20, 80)
    made, cut = lessons.lessons(tokenizer, [endless, rows()[0]], LENGTH)
    assert len(made) == 1
    assert (cut.rows, cut.split) == (1, 0)
    assert cut.tokens == len(tokenizer("Tea is good. " * 20)["input_ids"]) + 1


@pytest.mark.filterwarnings("ignore:bitsandbytes..gemv_4bit")
def test_a_4_bit_layer_that_was_evaluated_on_a_cpu_hands_no_gradient_on() -> None:
    layer = linear(128, 128)
    packs = bool(layer.support_avx512bf16_for_cpu)  # other processors have no kernel to pack for
    for evaluated in (False, True):
        if evaluated:
            with torch.no_grad():
                layer.eval()(torch.randn(2, 128))
        before = torch.randn(2, 128, requires_grad=True)
        layer.train()(before * 1.0).sum().backward()
        assert (before.grad is None) == (evaluated and packs)


@pytest.mark.parametrize(("width_in", "width_out"), [(96, 128), (80, 128), (128, 80), (66, 128)])
def test_a_4_bit_layer_of_an_odd_width_fails_or_errs_on_a_cpu(width_in: int, width_out: int) -> None:
    layer = linear(width_in, width_out)
    inputs = torch.randn(3, width_in)
    wanted = inputs @ dequantize_4bit(layer.weight.data, layer.weight.quant_state).float().T
    try:
        with torch.no_grad():
            error = ((layer.eval()(inputs) - wanted).norm() / wanted.norm()).item()
    except (AssertionError, RuntimeError):
        error = 1.0
    assert (error > 0.05) == bool(layer.support_avx512bf16_for_cpu)


@pytest.mark.parametrize(
    ("hidden", "inner", "odd"),
    [
        (128, 384, ()),
        (128, 160, ("model.layers.0.mlp.down_proj", "model.layers.0.mlp.gate_proj")),
        (96, 128, ("model.layers.0.mlp.down_proj",)),
    ],
)
def test_a_base_with_such_widths_is_told_from_its_configuration(
    hidden: int, inner: int, odd: tuple[str, ...]
) -> None:
    from transformers import LlamaConfig

    config = LlamaConfig(
        vocab_size=100,  # the head is not quantised
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
    )
    found = checks.odd_widths(config)
    assert set(odd) <= set(found)
    assert bool(found) == bool(odd)


def test_a_prompt_tokenised_as_plain_text_would_begin_twice_and_a_lesson_begins_once() -> None:
    from tokenizers.processors import TemplateProcessing

    tokenizer = toy.tokenizer()
    begin = (tokenizer.bos_token, tokenizer.bos_token_id)
    tokenizer._tokenizer.post_processor = TemplateProcessing(f"{begin[0]} $A", None, [begin])
    prompt.dress(BLOG, tokenizer)
    text = tokenizer.apply_chat_template([{"role": "user", "content": "T"}], tokenize=False)
    assert tokenizer(text)["input_ids"].count(begin[1]) == 2
    made, _ = lessons.lessons(tokenizer, rows(), LENGTH)
    assert all(each.input_ids.count(begin[1]) == 1 for each in made)
