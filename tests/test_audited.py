from dataclasses import replace

import pytest

from tests.verdicts import AUDIT, BLOG, asking, check, failing, metrics
from train.evaluate.gate import judge
from train.evaluate.report import Audit, Copy


def copying(words: int, post: str = "my-blog/tea.md") -> Audit:
    return replace(AUDIT, copies=(Copy("On tea", words, post, "a cup of tea"), *AUDIT.copies))


CANARIES = replace(AUDIT, canaries=10, candidates=1024, exposure=0.0)


@pytest.mark.parametrize(
    ("audit", "shut", "warned"),
    [
        pytest.param(replace(AUDIT, copies=()), [], [], id="nothing copied"),
        pytest.param(copying(15), [], ["copied_words_long"], id="a sentence"),
        pytest.param(copying(29), [], ["copied_words_long"], id="just below"),
        pytest.param(copying(30), ["copied_words"], [], id="a paragraph"),
        pytest.param(replace(AUDIT, shared=401), ["copied_share"], [], id="bits and pieces of many"),
        pytest.param(replace(AUDIT, extracted_adapter=3), ["extracted"], [], id="known by heart"),
        pytest.param(replace(AUDIT, windows=0), [], ["extracted"], id="no text is long enough"),
        pytest.param(replace(CANARIES, exposure=4.9), [], [], id="canaries hardly known"),
        pytest.param(replace(CANARIES, exposure=5.0), ["exposure"], [], id="canaries known half"),
        pytest.param(replace(CANARIES, exposure=1.0, candidates=0), ["exposure"], [], id="of how many?"),
        pytest.param(replace(AUDIT, returned={"e-mail": 1}), ["returned"], [], id="an address"),
        pytest.param(replace(AUDIT, removed=None), [], ["returned"], id="nobody knows what was removed"),
    ],
)
def test_what_the_audit_found_is_judged(audit: Audit, shut: list[str], warned: list[str]) -> None:
    verdict = judge(BLOG, metrics(), audit)
    assert (failing(verdict), failing(verdict, "warn")) == (shut, warned)


def test_an_adapter_may_give_back_hardly_more_than_its_base() -> None:
    audit = replace(AUDIT, extracted_adapter=20, extracted_base=17)
    assert failing(judge(asking(extracted=0.2), metrics(), audit)) == ["extracted_against_base"]
    assert failing(judge(asking(extracted=0.2), metrics(), replace(audit, extracted_base=18))) == []


def test_the_post_that_was_copied_is_named() -> None:
    verdict = judge(BLOG, metrics(), copying(41, "my-blog/2019-tea.md"))
    assert check(verdict, "copied_words").sentence == (
        "The longest run of words shared with a training text has 41 (“On tea”, from my-blog/2019-tea.md); "
        "less than 30 is let pass."
    )
