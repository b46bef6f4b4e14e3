"""The desk where texts wait for their turn, with a model that only counts."""

import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.desk import QUEUE, Desk
from engines.lent import Lent
from engines.model import Adapter, Logits
from engines.row import Piece, Row
from engines.shelf import Shelf
from orders import RefusedError
from tests import writing
from tests.waiting import PATIENCE_S, wait_for
from tests.writing import GREEDY, Counting

ENDLESS = replace(GREEDY, max_new_tokens=10**9)
FOUR = replace(GREEDY, max_new_tokens=4)


@pytest.fixture
def child() -> Counting:
    return Counting()


@pytest.fixture
def desk(child: Counting) -> Iterator[Desk]:
    opened = writing.desk(child, at_once=4)
    yield opened
    opened.close()


def endless(desk: Desk, many: int) -> list[Row]:
    """Texts that go on until somebody stops them."""
    rows = [writing.row([at], None, ENDLESS) for at in range(many)]
    for count, row in enumerate(rows, 1):
        threading.Thread(target=writing.pieces, args=[desk.write(row)], daemon=True).start()
        now = min(count, 4), count - min(count, 4)
        wait_for(lambda: (desk.writing, desk.waiting) == now)  # noqa: B023 - it is called at once
    return rows


def test_every_text_counts_on_from_its_own_number(desk: Desk) -> None:
    def counted(at: int) -> bool:
        text = writing.pieces(desk.write(writing.row([at], None, FOUR)))
        return text == [at + 1, at + 2, at + 3, at + 4, "length"]

    with ThreadPoolExecutor(20) as users:
        assert all(users.map(counted, range(0, 30)))
    assert (desk.waiting, desk.writing) == (0, 0)


def test_closing_a_text_takes_its_row_off_and_lets_the_next_one_in(desk: Desk, child: Counting) -> None:
    text = desk.write(writing.row([0], None, ENDLESS))
    next(text)
    text.close()  # type: ignore[attr-defined]
    wait_for(lambda: desk.writing == 0)
    assert child.last == []


def test_who_waits_knows_how_many_come_first_and_can_leave(desk: Desk) -> None:
    rows = endless(desk, 4)
    second, third = (writing.row([at], None, FOUR) for at in (50, 60))
    waits, leaves = desk.write(second), desk.write(third)
    assert next(waits) == []
    assert next(leaves) == []
    assert (desk.ahead(second), desk.ahead(third), desk.waiting) == (0, 1, 2)
    waits.close()  # type: ignore[attr-defined]
    wait_for(lambda: desk.ahead(third) == 0 and desk.waiting == 1)
    desk._stop(rows[0])
    assert writing.pieces(leaves) == [61, 62, 63, 64, "length"]


def test_who_leaves_a_full_queue_gives_the_place_back(desk: Desk) -> None:
    endless(desk, 3 + QUEUE)
    wait_for(lambda: desk.writing == 4)
    leaves = desk.write(writing.row([50], None, FOUR))
    assert next(leaves) == []
    with pytest.raises(RefusedError):
        next(desk.write(writing.row([0])))
    leaves.close()  # type: ignore[attr-defined]
    assert next(desk.write(writing.row([60], None, FOUR))) == []


def test_a_stop_does_not_wait_for_a_long_prompt(child: Counting, desk: Desk) -> None:
    child.reading.clear()
    text = desk.write(writing.row([0], None, FOUR))
    assert next(text) == []
    text.close()  # type: ignore[attr-defined]
    child.join = Counting().join  # type: ignore[method-assign]
    assert writing.pieces(desk.write(writing.row([7], None, replace(FOUR, max_new_tokens=1)))) == [
        8,
        "length",
    ]


def test_closing_the_desk_does_not_wait_for_a_long_prompt(child: Counting, desk: Desk) -> None:
    child.reading.clear()
    text = desk.write(writing.row([0], None, FOUR))
    assert next(text) == []
    desk.close()
    assert isinstance(writing.pieces(text)[-1], RefusedError)


def test_a_full_queue_refuses_the_next_one(desk: Desk) -> None:
    endless(desk, 4 + QUEUE)
    with pytest.raises(RefusedError) as refused:
        next(desk.write(writing.row([0])))
    assert refused.value.code == "busy"


def test_closing_the_desk_ends_every_text_with_a_reason(desk: Desk) -> None:
    texts = [writing.row([at], None, ENDLESS) for at in range(6)]
    with ThreadPoolExecutor(6) as users:
        ended = [users.submit(lambda row: writing.pieces(desk.write(row))[-1], row) for row in texts]
        wait_for(lambda: desk.writing == 4 and desk.waiting == 2)
        desk.close()
        assert all(isinstance(each.result(PATIENCE_S), RefusedError) for each in ended)
    with pytest.raises(RefusedError):
        next(desk.write(writing.row([0])))


def test_where_memory_is_short_one_text_is_refused_and_the_others_go_on(child: Counting, desk: Desk) -> None:
    def written(at: int) -> Piece:
        return writing.pieces(
            desk.write(writing.row([at * 100], None, replace(GREEDY, max_new_tokens=5000)))
        )[-1]

    child.rows, child.words = 2, 100_000
    with ThreadPoolExecutor(3) as users:
        ends = list(users.map(written, range(3)))
    codes = [each.code for each in ends if isinstance(each, RefusedError)]
    assert codes.count("out_of_memory") == len(codes) <= 1
    assert ends.count("length") == 3 - len(codes)


def test_memory_that_runs_out_in_work_costs_the_last_text_only(child: Counting, desk: Desk) -> None:
    with ThreadPoolExecutor(2) as users:
        child.going.clear()
        first = users.submit(lambda: writing.pieces(desk.write(writing.row([0], None, FOUR))))
        wait_for(lambda: desk.writing == 1)
        second = users.submit(lambda: writing.pieces(desk.write(writing.row([100], None, FOUR))))
        wait_for(lambda: desk.waiting == 1)
        child.rows, real = 2, child.step

        def short(tokens: list[int]) -> Logits:
            if len(tokens) == 2:
                child.rows = 1
            return real(tokens)

        child.step = short  # type: ignore[method-assign, assignment]
        child.going.set()
        assert first.result(PATIENCE_S) == [1, 2, 3, 4, "length"]
        refused = second.result(PATIENCE_S)[-1]
    assert isinstance(refused, RefusedError)
    assert refused.code == "out_of_memory"


@pytest.mark.parametrize("many", [3, 7])
def test_at_most_four_adapters_are_in_memory_and_none_that_is_needed_goes(
    many: int, child: Counting, desk: Desk
) -> None:
    adapters = [Adapter(f"a{at}", Path(str(at))) for at in range(many)]
    with ThreadPoolExecutor(14) as users:
        rows = [writing.row([at], adapters[at % many], FOUR) for at in range(28)]
        texts = list(users.map(lambda row: writing.pieces(desk.write(row)), rows))
    assert all(text[-1] == "length" for text in texts)
    assert len(child.loaded) == min(many, 4)


def test_a_version_that_cannot_be_loaded_is_refused_and_the_others_are_written(desk: Desk) -> None:
    broken = writing.pieces(desk.write(writing.row([0], Adapter("b", Path("broken")), FOUR)))
    assert isinstance(broken[-1], RefusedError)
    assert str(broken[-1]) == "This version cannot be loaded: its weights have other sizes."
    assert writing.pieces(desk.write(writing.row([0], None, FOUR)))[-1] == "length"


def test_a_model_that_computes_no_likelihoods_refuses_the_text(child: Counting, desk: Desk) -> None:
    child._next = lambda numbers: np.full((len(numbers), 9), np.nan, np.float32)  # type: ignore[method-assign]
    assert isinstance(writing.pieces(desk.write(writing.row([0])))[-1], RefusedError)


def test_a_model_that_breaks_ends_its_texts_and_the_next_one_is_written(
    child: Counting, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    real, child.step = child.step, lambda _: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    broken = writing.pieces(desk.write(writing.row([0], None, FOUR)))[-1]
    assert isinstance(broken, RefusedError)
    assert broken.code == "failed"
    child.step = real  # type: ignore[method-assign]
    assert writing.pieces(desk.write(writing.row([7], None, FOUR))) == [8, 9, 10, 11, "length"]
    wait_for(lambda: [each.exc_type for each in raised] == [ZeroDivisionError])


def test_a_desk_without_texts_keeps_no_thread(desk: Desk) -> None:
    for at in range(3):
        writing.pieces(desk.write(writing.row([at], None, FOUR)))
        wait_for(lambda: "desk" not in [thread.name for thread in threading.enumerate()])


def test_a_lent_gpu_writes_one_text_at_a_time_and_forgets_it(child: Counting) -> None:
    lent = Lent(child, Shelf(child))
    adapter = Adapter("a", Path("a"))
    assert writing.pieces(lent.write(writing.row([0], adapter, FOUR))) == [1, 2, 3, 4, "length"]
    text = lent.write(writing.row([0], None, ENDLESS))
    next(text)
    assert lent.writing == 1
    text.close()  # type: ignore[attr-defined]
    assert (lent.writing, child.last) == (0, [])


def test_a_row_reaches_the_process_that_has_the_gpu() -> None:
    row = writing.row([3, 4], None, writing.BOLD)
    draw, refusal = pickle.loads(pickle.dumps((row.draw, RefusedError("busy", "Later."))))
    logits = np.random.default_rng(1).normal(size=500).astype(np.float32)
    assert draw.token(logits) == row.draw.token(logits)
    assert (refusal.code, str(refusal)) == ("busy", "Later.")
