from typing import Any

import pytest
import torch
from torch import Tensor

from train.rehearse.dialogue import model

WORDS = 400


class Tokens(list[str]):
    """A tokenizer's outer face: so many tokens, of which the first ends a text."""

    bos_token_id = eos_token_id = 0


def untrained() -> Any:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    return model(Tokens(f"word{number}" for number in range(WORDS))).eval()


def lines(words: int, length: int) -> Tensor:
    """Sixteen lines of that many words, chosen among so many."""
    return torch.randint(1, words, (16, length), generator=torch.Generator().manual_seed(2))


def guesses(first: Tensor, second: Tensor) -> Tensor:
    """What a base that has read nothing says after each word of a line, said below another."""
    both = torch.cat([first, torch.zeros(len(first), 1, dtype=torch.long), second], dim=1)
    with torch.inference_mode():
        said: Tensor = untrained()(both).logits.argmax(-1)[:, first.shape[1] + 1 : -1]
    return said


@pytest.mark.parametrize("length", [10, 40, 120])
@pytest.mark.parametrize(
    "words", [pytest.param(WORDS, id="each word once"), pytest.param(12, id="few words")]
)
def test_a_base_that_has_read_nothing_says_a_text_again(length: int, words: int) -> None:
    said = lines(words, length)
    right = guesses(said, said)[:, 2:] == said[:, 3:]  # three words say where the line is
    assert right.float().mean() > 0.9


@pytest.mark.parametrize("length", [10, 40, 120])
def test_a_base_that_has_read_nothing_goes_on_behind_a_word_that_is_said_otherwise(length: int) -> None:
    said, other = lines(WORDS, length), lines(WORDS, length)
    other[:, 4::4] = lines(WORDS, length + 1)[:, 1:][:, 4::4]
    right = guesses(said, other)[:, 4::4] == said[:, 5::4]
    assert right.float().mean() > 0.9


def test_a_base_begins_the_same_for_the_same_seed() -> None:
    one, two = untrained().state_dict(), untrained().state_dict()
    assert [name for name in one if not torch.equal(one[name], two[name])] == []
