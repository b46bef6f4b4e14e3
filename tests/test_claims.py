from dataclasses import replace

import pytest

from tests.verdicts import AUDIT, BLOG, changed, metrics
from train.evaluate.gate import judge
from train.evaluate.report import Change, Copy, Metrics


@pytest.mark.parametrize(
    ("found", "over_base", "over_last"),
    [
        pytest.param(metrics(), True, False, id="over the base, and there is no other"),
        pytest.param(metrics(last=True), True, True, id="over both"),
        pytest.param(metrics(last=True, demo=True), False, False, id="a demo claims nothing"),
        pytest.param(metrics(last=True, documents=19), False, False, id="nor do a few texts"),
        pytest.param(metrics(last=True, titles=19), False, False, id="nor a few titles"),
        pytest.param(metrics(last=True, structure=0.5), False, False, id="nor what the gate lets not pass"),
        pytest.param(
            changed(metrics(), "retrieval", from_base=Change(-0.02, -0.03, -0.01, 0.001)),
            False,
            False,
            id="something that blocks got surely worse",
        ),
        pytest.param(
            changed(metrics(), "retrieval", from_base=Change(-0.02, -0.05, 0.01, 0.3)),
            True,
            False,
            id="something may have got worse",
        ),
        pytest.param(
            changed(metrics(), "slop", from_base=Change(9.0, 8.0, 10.0, 0.001)),
            True,
            False,
            id="what does not block does not matter",
        ),
        pytest.param(
            changed(metrics(last=True), "unfinished", from_last=Change(0.0, -0.06, 0.06, 0.9)),
            True,
            False,
            id="one figure may be worse than the last version's by more than its margin",
        ),
        pytest.param(
            changed(metrics(last=True), "unfinished", from_last=Change(0.0, -0.04, 0.04, 0.9)),
            True,
            True,
            id="within its margin it is no worse",
        ),
    ],
)
def test_better_is_said_only_where_it_is_certain(found: Metrics, over_base: bool, over_last: bool) -> None:
    verdict = judge(BLOG, found, AUDIT)
    assert (verdict.better_than_base, verdict.better_than_last) == (over_base, over_last)


def test_one_lucky_figure_among_ten_is_no_claim() -> None:
    found = metrics(last=True)
    alike = {each.name: Change(0.0, -0.001, 0.001, 0.9) for each in found.metrics}
    for name, change in alike.items():
        found = changed(found, name, from_last=change)
    lucky = changed(found, "structure", from_last=Change(0.03, 0.001, 0.06, 0.04))
    certain = changed(found, "structure", from_last=Change(0.03, 0.02, 0.04, 0.0002))
    assert not judge(BLOG, lucky, AUDIT).better_than_last, "four in a hundred, asked ten times"
    assert judge(BLOG, certain, AUDIT).better_than_last


def test_a_copying_adapter_is_better_than_nothing() -> None:
    audit = replace(AUDIT, copies=(Copy("On tea", 300, "tea.md", "a"),))
    verdict = judge(BLOG, metrics(last=True), audit)
    assert (verdict.passed, verdict.better_than_base, verdict.better_than_last) == (False, False, False)
