"""The Space's two engines: what they write, alone and beside others, and that they say the same."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.cores import quota
from engines.desk import Desk
from engines.draw import Draw
from engines.model import Adapter, OutOfMemoryError, Prompt
from engines.row import Piece
from form import Decoding
from tests import writing
from tests.writing import BOLD, GREEDY, KINDS, Toy
from train import sections

PROMPTS = [list(range(30, 30 + length)) for length in (3, 70, 9, 17, 5, 28)]


@pytest.mark.parametrize("temperature", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("top_p", [0.2, 0.9, 1.0])
@pytest.mark.parametrize("penalty", [1.0, 1.3])
def test_a_title_and_a_seed_draw_what_evaluation_drew(
    temperature: float, top_p: float, penalty: float
) -> None:
    import torch

    from train.evaluate.ask import seed_of
    from train.evaluate.draw import draw

    decoding = sections.Decoding(20, temperature, top_p, penalty, seed=3)
    logits = torch.randn(20, 2000, generator=torch.Generator().manual_seed(1)) * 3
    theirs = draw(decoding, [seed_of(3, "On tea")], torch.device("cpu"))
    ours = Draw(Decoding(20, temperature, top_p, penalty, 3), "On tea", PROMPTS[1])
    seen = torch.zeros(1, 2000, dtype=torch.bool)
    seen[0, PROMPTS[1]] = True
    for place in range(20):
        token = int(theirs.tokens(logits[place : place + 1], torch.tensor([0]), place, seen))
        assert ours.token(logits[place].numpy()) == token
        seen[0, token] = True


def test_a_flat_choice_reaches_the_unlikely_tokens() -> None:
    flat = np.zeros(5000, np.float32)
    drawn = {Draw(replace(BOLD, seed=seed, top_p=1.0), "", []).token(flat) for seed in range(50)}
    assert max(drawn) > 4000


@pytest.mark.parametrize(
    ("limits", "granted"),
    [pytest.param("max 100000", 1e9, id="none"), pytest.param("200000 100000", 2.0, id="two cores")],
)
def test_a_container_s_quota_is_read(limits: str, granted: float) -> None:
    assert quota(limits) == granted


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return writing.made(tmp_path_factory.mktemp("toys"), adapters=5)


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, toys: Toy) -> Iterator[Desk]:
    opened = writing.desk(writing.model(request.param, toys.base))
    yield opened
    opened.close()


def wanted(toys: Toy) -> list[tuple[list[int], Adapter | None, Decoding]]:
    first, second = toys.adapters[:2]
    some = [first, second, None, first, second, None]
    return [
        (prompt, adapter, replace(decoding, max_new_tokens=40 - 5 * at))
        for decoding in (GREEDY, BOLD)
        for at, (prompt, adapter) in enumerate(zip(PROMPTS, some, strict=True))
    ]


def test_texts_that_come_and_go_together_are_those_that_are_written_alone(desk: Desk, toys: Toy) -> None:
    alone = [writing.pieces(desk.write(writing.row(*each))) for each in wanted(toys)]
    with ThreadPoolExecutor(16) as users:
        for _ in range(3):
            together = list(
                users.map(lambda each: writing.pieces(desk.write(writing.row(*each))), wanted(toys))
            )
            assert together == alone
    assert all(text[-1] == "length" for text in alone)
    assert len({tuple(text) for text in alone}) == len(alone)


def generated(toys: Toy, adapter: Adapter | None, prompt: list[int]) -> list[int]:
    """What transformers and peft put behind a prompt."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(toys.base.folder)
    model = PeftModel.from_pretrained(model, adapter.folder) if adapter else model
    model.generation_config.eos_token_id = None
    ids = torch.tensor([prompt])
    row = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=40, do_sample=False
    )
    return list(row[0, len(prompt) :].tolist())


@pytest.mark.parametrize("which", [0, 1, None])
def test_both_engines_write_what_generate_writes(desk: Desk, toys: Toy, which: int | None) -> None:
    adapter = None if which is None else toys.adapters[which]
    for prompt in PROMPTS[:2]:
        text = writing.pieces(desk.write(writing.row(prompt, adapter)))[:-1]
        assert text == generated(toys, adapter, prompt)


def test_a_stop_token_ends_a_text_and_is_no_part_of_it(desk: Desk, toys: Toy) -> None:
    whole = writing.pieces(desk.write(writing.row(PROMPTS[0], toys.adapters[0])))
    stop = whole[10]
    assert isinstance(stop, int)
    ended: list[Piece] = [*whole[: whole.index(stop)], "end"]
    assert (
        writing.pieces(desk.write(writing.row(PROMPTS[0], toys.adapters[0], stops=frozenset([stop]))))
        == ended
    )


def test_a_fifth_adapter_takes_the_place_of_the_one_unused_for_longest(desk: Desk, toys: Toy) -> None:
    texts = [writing.pieces(desk.write(writing.row(PROMPTS[2], each))) for each in toys.adapters]
    assert len({tuple(text) for text in texts}) == len(toys.adapters)
    again = [writing.pieces(desk.write(writing.row(PROMPTS[2], each))) for each in toys.adapters]
    assert again == texts


@pytest.mark.parametrize("kind", KINDS)
def test_a_prompt_that_is_read_in_pieces_is_read_whole(kind: str, toys: Toy) -> None:
    model = writing.model(kind, toys.base)
    long = [30 + at * 7 % 200 for at in range(300)]
    whole = model.join([Prompt(long, ""), Prompt(long[:20], "")])
    model.keep([])
    model.join([Prompt(long[:250], "")])
    for token in long[250:]:
        logits = model.step([token])
    assert np.abs(whole[0] - logits[0]).max() < 1e-3


def test_memory_that_does_not_last_is_told_from_other_errors() -> None:
    import torch

    from engines.pytorch import _guarded

    with pytest.raises(OutOfMemoryError):
        _guarded(lambda: torch.empty(2**58))
    with pytest.raises(RuntimeError, match="shapes"):
        _guarded(lambda: torch.ones(2, 3) @ torch.ones(2, 3))
