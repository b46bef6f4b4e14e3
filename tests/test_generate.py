from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.judged import BLOG, TITLES, Made, make, rows
from train.errors import StageError
from train.evaluate.ask import Passage, passages, requests
from train.sections import Decoding


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"))


def test_the_base_column_is_the_base_without_any_adapter(made: Made) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from train.evaluate.generate import generate

    loaded = made.load()
    asked = requests(TITLES, loaded.writer)
    alone: Any = AutoModelForCausalLM.from_pretrained(made.base)
    for inputs, text in zip(asked, generate(loaded, "base", asked), strict=True):
        ids = loaded.tokenizer(loaded.prompt(inputs), add_special_tokens=False, return_tensors="pt")
        with torch.no_grad():
            row = alone.generate(**ids, max_new_tokens=12, do_sample=False)[0, ids["input_ids"].shape[1] :]
        assert text.text == loaded.tokenizer.decode(row, skip_special_tokens=True), "padding changes nothing"


def test_sampling_is_seeded(made: Made) -> None:
    from train.evaluate.generate import generate

    asked = requests(TITLES, made.writer())
    loaded = replace(
        made.load(), writer=replace(made.writer(), decoding=Decoding(12, temperature=1.0, seed=3))
    )
    once, again = generate(loaded, "adapter", asked), generate(loaded, "adapter", asked)
    other = replace(loaded, writer=replace(made.writer(), decoding=Decoding(12, temperature=1.0, seed=4)))
    assert once == again
    assert once != generate(other, "adapter", asked)


def test_a_text_that_ends_at_once_is_empty_and_finished(made: Made) -> None:
    from train.evaluate.generate import generate

    loaded = made.load()
    loaded.model.generation_config.eos_token_id = list(range(len(loaded.tokenizer)))
    texts = generate(loaded, "adapter", requests(TITLES[:2], loaded.writer))
    assert [(each.text, each.finished) for each in texts] == [("", True)] * 2


def test_a_text_that_never_ends_stops_at_the_base_s_window(made: Made) -> None:
    from train.evaluate.generate import generate

    loaded = replace(made.load(), writer=replace(made.writer(), decoding=Decoding(9_999, temperature=0.0)))
    loaded.model.config.max_position_embeddings = 80
    (text,) = generate(loaded, "base", requests(TITLES[:1], loaded.writer))
    assert not text.finished
    assert len(loaded.tokenizer(text.text)["input_ids"]) < loaded.window


@pytest.mark.parametrize("text", ["Tea. " * 400, "茶" * 400], ids=["words", "several bytes a letter"])
def test_a_text_longer_than_the_window_counts_as_far_as_it_reaches(made: Made, text: str) -> None:
    from train.evaluate.score import score

    loaded = made.load()
    (cost,) = score(loaded, "base", [Passage("long", {"title": "On tea", "words": None}, text)])
    ids = loaded.tokenizer(loaded.prompt({"title": "On tea", "words": None}) + text)["input_ids"]
    seen = loaded.tokenizer.decode(ids[: loaded.window]).split("<|assistant|>\n")[1].rstrip("\ufffd")
    assert len(ids) > loaded.window
    assert abs(cost.bytes - len(seen.encode())) <= 3, "a letter cut in two counts once at most"


def test_too_little_memory_to_read_all_at_once_changes_no_cost(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    from train.evaluate import score as reading

    loaded, unseen = made.load(), passages(rows(), BLOG, made.writer())
    whole, nats = reading.score(loaded, "adapter", unseen), reading._nats

    def small(loaded: Any, batch: Any) -> list[float]:
        if len(batch) > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return nats(loaded, batch)

    monkeypatch.setattr(reading, "_nats", small)
    for one, other in zip(whole, reading.score(loaded, "adapter", unseen), strict=True):
        assert (one.id, one.bytes, one.tokens) == (other.id, other.bytes, other.tokens)
        assert one.nats == pytest.approx(other.nats, rel=1e-5)


def write(loaded: Any, who: Any) -> None:
    from train.evaluate.generate import generate

    generate(loaded, who, requests(TITLES, loaded.writer))


def read(loaded: Any, who: Any) -> None:
    from train.evaluate.score import score

    score(loaded, who, passages(rows(), BLOG, loaded.writer))


@pytest.mark.parametrize("who", ["base", "adapter"])
@pytest.mark.parametrize("act", [write, read])
def test_nan_is_named_and_no_figure(made: Made, who: str, act: Callable[[Any, str], None]) -> None:
    loaded = made.load()
    part = "lora_A" if who == "adapter" else "embed_tokens"
    for name, weights in loaded.model.named_parameters():
        if part in name:
            weights.data.fill_(float("nan"))
    with pytest.raises(StageError, match=f"The {who} computes") as caught:
        act(loaded, who)
    assert caught.value.fix.startswith("python -m train tune blog --")
