"""What all prompts of a writer begin with is read once, and no text shows whether it was."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

import loading
from engines.model import LeftError, Logits, Model, OutOfMemoryError, Prompt
from engines.row import Piece, Row
from engines.shelf import Shelf
from form import Form, Input
from prompter import LEAST, Prompter, _head
from tests import toy, writing
from tests.writing import BOLD, GREEDY, KINDS, Toy
from versions import Version

HEAD = list(range(30, 50))
OTHER = Prompt(range(70, 100), "a1", 25)


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return writing.made(tmp_path_factory.mktemp("toys"), adapters=2)


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, toys: Toy) -> Model:
    made = writing.model(request.param, toys.base)
    for adapter in toys.adapters:
        made.load(adapter)
    return made


def prompt(key: str, *rest: int, head: int = len(HEAD)) -> Prompt:
    return Prompt([*HEAD, *(rest or (60, 61, 62))], key, head)


def said(model: Model, *prompts: Prompt) -> list[Logits]:
    """What may come behind prompts, and behind some tokens more."""
    found = [model.join(prompts), *(model.step([token] * len(prompts)) for token in (5, 6, 7))]
    model.keep([])
    return found


def same(ours: list[Logits], theirs: list[Logits]) -> bool:
    return all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("key", ["a0", "a1", ""])
def test_a_prompt_has_the_same_numbers_whether_its_head_was_there(model: Model, key: str) -> None:
    first = said(model, prompt(key))
    assert same(said(model, prompt(key)), first)
    model.join([OTHER, prompt(key, 9)])
    assert np.array_equal(model.join([prompt(key)]), first[0])
    model.keep([])
    assert np.abs(said(model, prompt(key, head=0))[0] - first[0]).max() < 1e-3


def pieces(model: Model, asked: Prompt) -> int:
    """How many pieces of a prompt are read."""
    wanted = count()
    model.join([asked], lambda: next(wanted) >= 0)
    model.keep([])
    return next(wanted)


def test_a_head_is_read_once_and_again_when_its_adapter_comes_back(model: Model, toys: Toy) -> None:
    asked = [prompt("a0"), prompt("a0", 8), prompt("", 8), prompt("a0")]
    assert [pieces(model, each) for each in asked] == [2, 1, 2, 1]
    model.drop("a0")
    model.load(toys.adapters[0])
    assert [pieces(model, prompt("a0")), pieces(model, prompt(""))] == [2, 1]


def test_another_head_takes_the_place_of_the_one_before(model: Model) -> None:
    short = said(model, prompt("a0", head=10))
    assert same(said(model, prompt("a0")), said(model, prompt("a0")))
    otherwise = Prompt([31, *prompt("a0").ids[1:]], "a0", 10)
    assert not same(said(model, otherwise), short)
    assert same(said(model, prompt("a0", head=10)), short)
    kept: Any = model
    assert list(kept._heads._kept) == ["a0"]


@pytest.mark.parametrize("long", [20, 300], ids=["in one piece", "in two"])
def test_a_head_that_nobody_waits_for_any_more_is_not_kept_half(model: Model, long: int) -> None:
    asked = Prompt([30 + at * 7 % 200 for at in range(long + 3)], "a0", long)
    left = iter([True] * (long // 256))
    with pytest.raises(LeftError):
        model.join([asked], lambda: next(left, False))
    kept: Any = model
    assert not kept._heads._kept
    first = said(model, asked)
    assert same(said(model, asked), first)


def test_a_head_for_which_there_is_no_memory_leaves_nothing(toys: Toy) -> None:
    from engines.llama import LlamaModel

    model = LlamaModel(replace(toys.base, context=256), 1)
    long = Prompt([30 + at % 50 for at in range(400)], "", 300)
    with pytest.raises(OutOfMemoryError):
        model.join([long])
    assert not model._heads._kept
    assert same(said(model, prompt("")), said(model, prompt("")))


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_that_of_a_first_visitor_alone_and_beside_others(kind: str, toys: Toy) -> None:
    def rows() -> list[Row]:
        adapters = [*toys.adapters, None] * 3
        asked = [([*HEAD, 60 + at, 7], adapter) for at, adapter in enumerate(adapters)]
        return [writing.row(*each, decoding=BOLD, head=len(HEAD)) for each in asked]

    def texts(at_once: int) -> list[list[Piece]]:
        desk = writing.desk(writing.model(kind, toys.base))
        with ThreadPoolExecutor(at_once) as users:
            found = list(users.map(lambda row: writing.pieces(desk.write(row)), rows()))
        desk.close()
        return found

    alone = texts(1)
    assert texts(9) == alone
    assert len({tuple(text) for text in alone}) == len(alone)


@pytest.mark.parametrize("kind", KINDS)
def test_a_released_version_s_head_is_read_before_anyone_asks(kind: str, toys: Toy) -> None:
    model, form = writing.model(kind, toys.base), Form("title", {}, GREEDY, ())
    loading.prepare(Version(Prompter(form, None, tuple(HEAD)), toys.adapters[0]), model, Shelf(model))
    assert pieces(model, prompt("a0")) == 1


def test_a_row_that_is_read_again_still_has_its_head() -> None:
    row = writing.row([*HEAD, 60], head=len(HEAD))
    row.ids += [5, 6]
    assert row.so_far() == Prompt([*HEAD, 60, 5, 6], "", len(HEAD))


SYSTEM = "{{ bos_token }}<|system|>You write clear blog posts.<|end|><|user|>"


@pytest.mark.parametrize(
    ("template", "head"),
    [
        pytest.param(SYSTEM + "{{ title }}<|end|>", SYSTEM, id="instructions before the request"),
        pytest.param(SYSTEM + "At most {{ words }} words: {{ title }}", SYSTEM + "At most", id="a choice"),
        pytest.param("{{ bos_token }}### title: {{ title }}", "{{ bos_token }}### title: ", id="a mark"),
        pytest.param("{{ bos_token }}{{ title }}{% if words %}.{% endif %}", "", id="no instructions"),
        pytest.param("{{ bos_token }}{% if words == 40 %}Short: {% endif %}" + SYSTEM, "", id="told apart"),
    ],
)
def test_the_head_is_what_every_request_begins_with(template: str, head: str) -> None:
    tokenizer = toy.tokenizer()
    tokenizer.chat_template = template.replace("{{ title }}", "{{ messages[0].content }}")
    fields = {"title": Input("Title", max_chars=20), "words": Input("Words", choices=(40, 80), default=80)}
    prompter = Prompter(Form("title", fields, GREEDY, ()), tokenizer)
    prompter = replace(prompter, head=_head(prompter))
    wanted = tokenizer(head.replace("{{ bos_token }}", "<|bos|>"))["input_ids"]
    assert list(prompter.head) == wanted
    assert len(wanted) >= LEAST or not wanted
    for title in ("Tea", " tea", "9 teas", "日記", "<|end|>", "..."):
        ids = prompter.ids({"title": title, "words": 40})
        assert prompter.shared(ids) == (len(wanted) if ids[: len(wanted)] == wanted else 0)


def test_a_prompt_that_is_no_longer_than_the_head_or_begins_otherwise_shares_nothing() -> None:
    form = Form("title", {"title": Input("Title")}, GREEDY, ())
    prompter = Prompter(form, None, head=(1, 2, 3))
    assert [prompter.shared(ids) for ids in ([1, 2, 3, 4], [1, 2, 3], [1, 2], [1, 9, 3, 4])] == [3, 0, 0, 0]
