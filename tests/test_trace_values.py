"""Values that know their origin: found again in it, shown as they were, lost when they are mixed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cards.evidence import EvidenceError, pointer, shown, value_of
from cards.origin import OWN, Computed, Field, Real, Whole, Words
from cards.trace import Facts, check_facts, facts_of, page
from train.release.sourced import RULES

REPORT = Field("dataset/report.json", "/rows/train")
FILES = {
    "dataset/report.json": b'{"rows": {"train": 1200, "te/st": 34}, "share": 0.25, "kinds": [1, 2, 3]}',
    "a.jsonl": b'{"text": "one"}\n{"text": "two"}\n',
    "weights": b"abc",
}


def held(file: str) -> bytes:
    return FILES[file]


@pytest.mark.parametrize(
    ("origin", "form", "printed"),
    [
        pytest.param(REPORT, ":,", "1,200", id="a field"),
        pytest.param(Field("dataset/report.json", "/rows/te~1st"), ":", "34", id="a name with a slash"),
        pytest.param(Field("dataset/report.json", "/share"), ":.0%", "25%", id="a share"),
        pytest.param(Field("dataset/report.json", "/kinds"), "code", "`1, 2, 3`", id="a list"),
        pytest.param(Field("a.jsonl", "/1/text"), "text", "two", id="a line"),
        pytest.param(
            Computed("total", (Field("dataset/report.json", "/rows"),)), ":,", "1,234", id="a total"
        ),
        pytest.param(Computed("count", (Field("dataset/report.json", "/kinds"),)), ":", "3", id="a count"),
        pytest.param(Computed("bytes", (Field("weights"),)), ":", "3", id="a size"),
        pytest.param(Computed("quotient", (REPORT, REPORT)), ":.1f", "1.0", id="a quotient"),
        pytest.param(
            Computed("SHA-256", (Field("weights"),)),
            "code",
            "`ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad`",
            id="a digest",
        ),
    ],
)
def test_a_value_is_found_again_and_shown_as_it_was(
    origin: Field | Computed, form: str, printed: str
) -> None:
    assert shown(value_of(origin, held, RULES), form) == printed


@pytest.mark.parametrize(
    ("origin", "form"),
    [
        (Field("dataset/report.json", "/rows/validation"), ":,"),
        (Field("dataset/report.json", "/kinds/9"), ":,"),
        (Field("dataset/report.json", "/rows"), ":,"),
        (Computed("guess", (REPORT,)), ":,"),
        (REPORT, "unknown form"),
    ],
)
def test_evidence_that_does_not_hold_is_an_error(origin: Field | Computed, form: str) -> None:
    with pytest.raises(EvidenceError):
        shown(value_of(origin, held, {}), form)


def test_sums_differences_and_quotients_keep_their_origins() -> None:
    one, two = Whole(1200, REPORT), Whole(34, Field("dataset/report.json", "/rows/te~1st"))
    for value, form, printed in (
        (sum([one, two]), ":,", "1,234"),
        (one - two, ":,", "1,166"),
        (two / one, ":.1%", "2.8%"),
    ):
        (trace,) = page(f"{value:{form[1:]}}").traces
        assert trace.value == printed
        assert shown(value_of(trace.origin, held, {}), form) == printed


@pytest.mark.parametrize(
    "lost", [Whole(1200, REPORT) + 1, Real(0.25, REPORT) + 1.0, Whole(3) + Whole(1, REPORT)]
)
def test_a_number_that_was_mixed_with_another_is_unproven(lost: float) -> None:
    assert page(f"{lost}").unproven


def test_our_own_thresholds_need_no_evidence() -> None:
    assert page(f"at least {Whole(100_000, OWN):,} words").text == "at least 100,000 words\n"
    assert page(f"{Whole(50, OWN)}").unproven == ()


@given(st.recursive(st.text() | st.integers(), lambda each: st.dictionaries(st.text(), each), max_leaves=8))
def test_a_pointer_finds_what_it_was_made_for(tree: object) -> None:
    def walk(value: object, *place: str) -> None:
        assert value_of(Field("x.json", pointer(*place)), lambda _: json.dumps(tree).encode(), {}) == value
        for name, each in value.items() if isinstance(value, dict) else ():
            walk(each, *place, name)

    walk(tree)


def test_facts_come_back_from_json_as_they_were() -> None:
    found = page(f"{Whole(1200, REPORT):,} and {Words('two', Field('a.jsonl', '/1/text'))}, 7 apart")
    facts = facts_of(found, held)
    again = TypeAdapter(Facts).validate_json(TypeAdapter(Facts).dump_json(facts))
    assert again == facts
    assert check_facts(found.text, again, held) == ()
    assert [spot.value for spot in facts.quoted] == ["7"]
