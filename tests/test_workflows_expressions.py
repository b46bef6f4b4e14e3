"""What `${{ }}` comes to, and which tags a filter lets through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions import expressions
from tests.actions.site import matches
from tests.actions.values import Open, WorkflowError

CONTEXTS: dict[str, Any] = {
    "github": {"ref_name": "v1.2.0", "event": Open()},
    "inputs": {"trainer": "hf-jobs", "count": 3, "dry": False},
    "needs": {"plan": {"result": "success"}, "data": {"result": "skipped"}},
}
STATUS = {"success": lambda: True, "failure": lambda: False}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("1 == 1.0", True),
        ("'A' == 'a'", True),
        ("'' == 0", True),
        ("null == ''", True),
        ("true == 'true'", False),
        ("2 < 10 && '2' < '10'", True),
        ("!inputs.dry", True),
        ("inputs.dry || inputs.count", 3),
        ("'' || null || 'last'", "last"),
        ("0 && 'never'", 0),
        ("inputs.trainer == 'hf-jobs' && 'rented' || 'own'", "rented"),
        ("inputs['count']", 3),
        ("contains(needs.*.result, 'skipped')", True),
        ("contains(needs.*.result, 'failure')", False),
        ("contains('publish', 'LISH')", True),
        ("startsWith(github.ref_name, 'v')", True),
        ("endsWith('a.yml', '.yml')", True),
        ("format('{0}@{1}', 'a', inputs.count)", "a@3"),
        ("fromJSON('[\"a\", 1]')[1]", 1),
        ("join(fromJSON('[1, 2]'), '-')", "1-2"),
        ("(1 == 2) == false", True),
        ("github.event.repository.name", None),
    ],
)
def test_an_expression_comes_to_what_it_does_on_github(text: str, value: object) -> None:
    assert expressions.evaluated(text, CONTEXTS, STATUS) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("inputs.trianer", "there is no 'trianer'"),
        ("secrets.TOKEN", "'secrets' is no context"),
        ("hashFile('x')", "hashFile() is not known"),
        ("1 +", "makes no sense"),
        ("(1", "')' is missing"),
        ("1 2", "too much"),
        ('"double"', "makes no sense"),
    ],
)
def test_what_is_not_known_is_an_error_and_never_nothing(text: str, why: str) -> None:
    with pytest.raises(WorkflowError) as refused:
        expressions.evaluated(text, CONTEXTS, STATUS)
    assert why in str(refused.value)


def test_a_text_with_expressions_is_filled() -> None:
    assert expressions.filled("${{ inputs.count }}", CONTEXTS, {}) == 3
    assert expressions.filled("n=${{ inputs.count }}, ${{ '}}' }}", CONTEXTS, {}) == "n=3, }}"
    with pytest.raises(WorkflowError, match="does not end"):
        expressions.filled("${{ inputs.count", CONTEXTS, {})


@pytest.mark.parametrize(
    ("condition", "succeeded", "happens"),
    [
        (None, True, True),
        (None, False, False),
        ("inputs.dry == false", False, False),
        ("failure()", False, True),
        ("${{ failure() && inputs.dry }}", False, False),
    ],
)
def test_a_condition_without_a_word_on_the_status_asks_for_success(
    condition: str | None, succeeded: bool, happens: bool
) -> None:
    status = {"success": lambda: succeeded, "failure": lambda: not succeeded}
    assert expressions.holds(condition, CONTEXTS, status) is happens


@pytest.mark.parametrize(
    ("name", "patterns", "fits"),
    [
        ("v1.2.0", ["v*", "*-v*"], True),
        ("news-v1.2.0", ["v*", "*-v*"], True),
        ("release", ["v*", "*-v*"], False),
        ("v1/x", ["v*"], False),
        ("v1/x", ["v**"], True),
        ("v10", ["v[0-9]+"], True),
    ],
)
def test_a_tag_filter_lets_through_what_githubs_would(name: str, patterns: list[str], fits: bool) -> None:
    assert matches(name, patterns) is fits
