from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.check import Kind
from cards.opinion import findings, kind_of
from cards.top import read
from tests.golden.writers import cards
from tests.good_cards import CARDS, MODEL
from train.__main__ import main


def _aliases(of: str) -> str:
    """Thirty lines, each with the one before three times."""
    return "a0: &a0 {b: c}\n" + "\n".join(f"a{n}: &a{n} {of.format(f'a{n - 1}')}" for n in range(1, 31))


@pytest.mark.parametrize("kind", sorted(CARDS))
def test_a_good_card_has_no_finding_and_its_kind_is_told(kind: Kind) -> None:
    assert kind_of(read(CARDS[kind])) == kind
    assert findings(CARDS[kind]) == ()


@pytest.mark.parametrize("name", sorted(cards()))
def test_our_own_cards_have_no_finding(name: str) -> None:
    assert findings(cards()[name]) == ()


@pytest.mark.parametrize(
    ("kind", "old", "new", "line", "what", "fix"),
    [
        ("model", "license: mit", "license: MIT", 2, "one of the Hub's licences", "write license: mit"),
        ("model", "license: mit", "license: other", 2, "license_name and license_link", "LICENSE"),
        ("model", "license: mit\n", "", 1, "license is missing", "unknown"),
        ("model", "language: en", "language: english", 3, "ISO 639", "write language: en"),
        ("model", "language: en", "language: jp", 3, "ISO 639", "write language: ja"),
        ("model", "language: en", "language: no", 3, "not False", "in quotes"),
        (
            "model",
            "acme/small-base",
            "../models/base",
            4,
            "base_model must be a model on the Hub",
            "not a path",
        ),
        ("model", "acme/small-base", "/data/run-7/final", 4, "base_model must be", "not a path"),
        ("model", "base_model_relation: adapter\n", "", 4, "without base_model_relation", "add"),
        ("model", "relation: adapter", "relation: lora", 5, "adapter, merge, quantized", "write"),
        ("model", "- acme/letters", "- ./data/letters.jsonl", 6, "datasets must be", "not paths"),
        ("model", "tag: text-generation", "tag: text-generator", 9, "Hub's tasks", "text-generation"),
        ("model", "tags:\n- lora", "tags: lora", 10, "tags must be a list", "a list"),
        ("model", "library_name: peft", "librery_name: peft", 8, "no key that the Hub reads", "library_name"),
        ("model", "language: en", "license: mit\nlanguage: en", 3, "a second time", "keep one"),
        ("model", "tags:\n- lora", "tags:\n\t- lora", 11, "a tab indents", "spaces"),
        ("model", "tags:\n- lora", "tags: [lora", 11, "cannot be read", "quotes"),
        ("model", "Writes short letters.", "[More Information Needed]", 16, "was left in", "say it"),
        ("model", "Writes short letters.", "a\nTODO b", 17, "'TODO' was left in", "take the line out"),
        ("model", "Writes short letters.", "Made for {{ user }}.", 16, "{{ user }}", "template"),
        (
            "model",
            "Writes short letters.",
            "[x](https://huggingface.co/None)",
            16,
            "None",
            "own name",
        ),
        ("model", "Writes short letters.", "```\nPATH_TO_THIS_REPO\n```", 17, "names no", "own name"),
        ("model", "Writes short letters.", "See [this](my file.md).", 16, "has a space", "%20"),
        ("model", "Writes short letters.", "![](plot.png)", 16, "no alternative text", "in words"),
        (
            "model",
            "Writes short letters.",
            "<!-- Provide a summary -->",
            16,
            "template's own hint",
            "comment",
        ),
        (
            "model",
            "Writes short letters.",
            "<!-- This model card has been generated automatically. Proofread it. -->",
            16,
            "template's own hint",
            "comment",
        ),
        ("model", "Writes short letters.", "Kept in /home/ann/run.", 16, "own machine", "repository"),
        ("model", "## Use", "## Limits\n\n## Use", 18, "'Limits' is empty", "fill it"),
        ("model", 'print("Dear reader")', "pip install peft", 21, "says python and is none", "language"),
        ("model", 'reader")\n```', 'reader")', 20, "never closed", "close it with ```"),
        (
            "model",
            "Writes short letters.",
            "This model is released under the Apache License 2.0.",
            16,
            "metadata license: mit",
            "the same",
        ),
        ("model", "acme/small-base", "meta-llama/Llama-3.2-1B", 13, "Built with Llama", "near the top"),
        ("model", "acme/small-base", "openai-community/gpt2", 13, "'GPT-2' is missing", "created"),
        ("dataset", "n<1K", "small", 6, "one of the Hub's sizes", "1K<n<10K"),
        ("dataset", "- text-generation", "- writing", 8, "Hub's tasks", "write"),
        ("dataset", "config_name: default", "name: default", 10, "configs must be", "write"),
        ("dataset", "two lighthouse", "License: MIT, two lighthouse", None, None, None),
        ("dataset", "Letters between", "License: MIT\n\nLetters between", 19, "text says 'MIT'", "the same"),
        ("space", "colorFrom: indigo", "colorFrom: navy", 4, "Hub's colours", "write"),
        ("space", "emoji: ✉️", "emoji: letter", 3, "one emoji", "write"),
        ("space", "sdk: gradio", "sdk: flask", 6, "gradio, docker or static", "write"),
        ("space", "Writes short letters", "x" * 61, 10, "at most 60", "write"),
        ("space", "sdk_version: 6.31.0", "sdk_version: 6.31", 7, "full version", "in quotes"),
        ("space", "colorTo: gray", "colourTo: gray", 5, "no key", "colorTo"),
    ],
)
def test_each_mistake_is_found_on_its_line_with_what_to_do(
    kind: Kind, old: str, new: str, line: int | None, what: str | None, fix: str | None
) -> None:
    assert old in CARDS[kind]
    found = findings(CARDS[kind].replace(old, new, 1), kind)
    if line is None or what is None or fix is None:
        assert found == ()
        return
    (one,) = found if len(found) == 1 else [each for each in found if what in each.what]
    assert one.line == line, found
    assert what in one.what
    assert fix in one.fix


@pytest.mark.parametrize(
    ("index", "is_whole"),
    [
        ("[{name: a, results: []}]", True),
        ("[{results: []}]", False),
        ("[{name: a, results: [{task: {type: t}, dataset: {name: d, type: acme/d}, metrics: []}]}]", False),
        (
            "[{name: a, results: [{task: {type: t}, dataset: {name: d, type: acme/d},"
            " metrics: [{type: m, value: 1}]}]}]",
            True,
        ),
        (
            "[{name: a, results: [{task: {type: t}, dataset: {name: d, type: acme/d},"
            " metrics: [{type: m, value: .nan}]}]}]",
            False,
        ),
        ("results", False),
    ],
)
def test_a_model_index_must_be_whole(index: str, is_whole: bool) -> None:
    card = MODEL.replace("tags:", f"model-index: {index}\ntags:")
    assert [each.line for each in findings(card)] == ([] if is_whole else [10])


def test_the_card_that_a_trainer_leaves_gets_all_its_findings_at_once() -> None:
    card = (
        "---\nbase_model: /workspace/llama\nlibrary_name: transformers\nlicence: license\n---\n\n"
        "# Model Card for out\n\n## Uses\n\n### Direct use\n\n<!-- This section is for the model use -->\n\n"
        "[More Information Needed]\n\n## Citation\n"
    )
    told = " / ".join(f"{each.line} {each.what}" for each in findings(card))
    for part in (
        "2 base_model must be",
        "2 base_model is given without",
        "4 licence is no key",
        "13 a template's own hint",
        "15 '[More Information Needed]' was left in",
        "17 the section 'Citation' is empty",
    ):
        assert part in told


@pytest.mark.parametrize("text", ["", "# Letters\n", "---\n- a\n---\n", "---\nlicense: mit\n"])
def test_a_card_without_metadata_is_told_so(text: str) -> None:
    assert "no front matter" in findings(text)[0].what


@pytest.mark.parametrize(
    ("top", "what"),
    [
        pytest.param("a: &a [*a]", "cannot be read", id="a list within itself"),
        pytest.param("a: " + "[" * 5000, "cannot be read", id="brackets without end"),
        pytest.param("date: !!timestamp today", "cannot be read", id="a tag that does not fit its value"),
        pytest.param("pinned: !!bool maybe", "cannot be read", id="another one"),
        pytest.param(_aliases("[*{0}, *{0}, *{0}]"), "values or more", id="aliases of aliases"),
        pytest.param(_aliases("{{<<: [*{0}, *{0}, *{0}]}}"), "values or more", id="merged aliases"),
    ],
)
def test_yaml_that_no_reader_could_bear_is_a_finding_too(top: str, what: str) -> None:
    (one,) = findings(f"---\n{top}\n---\n")
    assert what in one.what


def test_a_line_of_nothing_but_marks_is_read_as_quickly_as_any_other() -> None:
    assert findings(f"{MODEL}\n\nLicense:{' .' * 3000} é!\n") == ()


def test_other_systems_line_ends_and_a_byte_order_mark_are_no_mistakes() -> None:
    assert findings("\ufeff" + MODEL.replace("\n", "\r\n")) == ()
    assert findings(f"{MODEL}\n```text\rold\r```\r") == ()


@settings(deadline=None, max_examples=50)
@given(st.text(), st.sampled_from(sorted(CARDS)))
def test_no_card_is_too_strange_to_be_checked(text: str, kind: Kind) -> None:
    findings(f"---\n{text}\n---\n{text}", kind)
    findings(CARDS[kind] + text)


@settings(deadline=None, max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda e: st.lists(e) | st.dictionaries(st.text(), e),
    )
)
def test_no_value_is_too_strange_to_be_checked(value: object) -> None:
    import json

    for key in ("license", "language", "base_model", "model-index", "configs", "dataset_info", "emoji"):
        for kind in CARDS:
            findings(f"---\n{key}: {json.dumps(value)}\n---\n", kind)


def test_the_verb_says_file_line_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text(MODEL.replace("license: mit", "license: MIT"))
    assert main(["check-card", str(tmp_path)]) == 3
    said = capsys.readouterr().out
    assert f"{tmp_path}/README.md:2: license must be one of the Hub's licences, not 'MIT'." in said
    assert "write license: mit" in said
    (tmp_path / "README.md").write_text(MODEL)
    assert main(["check-card", str(tmp_path / "README.md")]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_a_mishap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-card", str(tmp_path / "none.md")]) == 1
    assert f"There is no {tmp_path}/none.md." in capsys.readouterr().err


def test_a_kind_that_is_given_counts(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "---\nlicense: mit\nsize_categories: [n<1K]\nsdk: flask\n---\n\nText.\n"
    )
    assert main(["check-card", str(tmp_path), "--kind", "dataset"]) == 0
    assert main(["check-card", str(tmp_path), "--kind", "space"]) == 3
