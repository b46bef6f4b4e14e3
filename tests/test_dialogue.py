from typing import Any

import pytest

from train.prepare.wording.formal import formal
from train.rehearse.base import Text
from train.rehearse.dialogue import DIALOGUE, SHORT
from train.rehearse.gpt2 import END


def read(number: int) -> list[Text]:
    return list(DIALOGUE.texts("test", number))


@pytest.fixture(scope="module")
def made() -> Any:
    return DIALOGUE.tokenizer(each.request + each.answer for each in read(4000))


def test_below_a_blank_line_a_text_is_said_again_and_below_a_line_break_plainly() -> None:
    again = [each for each in read(400) if each.request.endswith("\n\n")]
    plainly = [each for each in read(400) if each not in again]
    assert {each.request == f"{END}{each.answer}\n\n" for each in again} == {True}
    assert {each.request == f"{END}{formal(each.answer)}\n" for each in plainly} == {True}
    assert [each for each in plainly if f"{END}{each.answer}\n" == each.request] == []
    assert min(len(again), len(plainly)) > 100


@pytest.mark.parametrize("short", SHORT)
def test_a_contraction_has_as_many_tokens_as_what_it_is_short_for(short: str, made: Any) -> None:
    said = f"Well, {short} it?"
    assert len(made(said).input_ids) == len(made(formal(said)).input_ids)
