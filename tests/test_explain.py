import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.showing.explain import explain
from train.prepare.showing.explain import told as told_of
from train.prepare.showing.sample import samples
from train.prepare.showing.shown import dropped, told
from train.prepare.write import write_dropped
from train.recipe import Recipe
from train.run import Run, write_text
from train.sections import Clean, Keep, Prompt, Publish, Scan, Source

POST = """---
title: Bread &amp; butter
---
I bake on Sundays, when the house is quiet and nobody asks
what I am doing. {% include ad.html %} Write to ada@bakery-post.se if you
want the starter.
"""


@pytest.fixture
def blog(tmp_path: Path) -> Recipe:
    posts = tmp_path / "blog" / "_posts"
    posts.mkdir(parents=True)
    (posts / "2024-03-01-bread.md").write_text(POST)
    (posts / "2024-03-02-short.md").write_text("---\ntitle: Short\n---\nToo short.\n")
    (posts / "undated.md").write_text("No date.\n")
    return Recipe(
        name="mine",
        title="Mine",
        language="en",
        publish=Publish("a/b", "a/c", "a/d", "mit", "mit"),
        sources=(Source("jekyll", str(tmp_path / "blog")),),
        prompt=Prompt("{{ title }}"),
        inputs={},
        tune={},
        keep=Keep(words=(10, 100)),
    )


def test_a_document_is_shown_after_every_step_as_a_difference(blog: Recipe) -> None:
    told = told_of(explain(blog, "blog/_posts/2024-03-01-bread.md"))
    assert "── templates ─" in told
    assert "-what I am doing. {% include ad.html %}" in told
    assert "masked: 1 e-mail" in told
    assert "kept: " in told


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("2024-03-02-short.md", "dropped: too short (3 words, 0 sections)"),
        ("undated.md", "not read: no date in the file name (Jekyll wants YYYY-MM-DD-title.md)"),
    ],
)
def test_what_was_not_kept_is_told_with_its_reason(blog: Recipe, name: str, end: str) -> None:
    assert told_of(explain(blog, f"blog/_posts/{name}")).rstrip().endswith(end)


def test_a_misspelt_id_is_answered_with_the_nearest_one(blog: Recipe) -> None:
    with pytest.raises(StageError, match=r"Did you mean blog/_posts/2024-03-01-bread\.md\?") as found:
        explain(blog, "blog/_posts/2024-03-01-bred.md")
    assert found.value.fix.endswith("--explain blog/_posts/2024-03-01-bread.md")


def test_the_nearest_id_can_be_pasted_whatever_its_file_is_called(blog: Recipe, tmp_path: Path) -> None:
    write_text(tmp_path / "notes" / "ana's bread.md", POST)
    notes = replace(blog, sources=(Source("folder", str(tmp_path / "notes")),))
    with pytest.raises(StageError) as found:
        explain(notes, "notes/anas bread.md")
    assert shlex.split(found.value.fix)[-2:] == ["--explain", "notes/ana's bread.md"]


def test_personal_data_that_a_recipe_keeps_is_not_called_masked(blog: Recipe) -> None:
    wanted = "blog/_posts/2024-03-01-bread.md"
    kept = explain(replace(blog, scan=Scan(personal="keep")), wanted)
    assert "ada@bakery-post.se" in kept.kept[0].text
    assert (kept.masked, explain(blog, wanted).masked) == ({}, {"e-mail": 1})


def test_where_nothing_can_be_read_no_id_is_made_up(blog: Recipe, tmp_path: Path) -> None:
    write_text(tmp_path / "empty.jsonl", "")
    with pytest.raises(StageError, match="mine has no document at all"):
        explain(replace(blog, sources=(Source("jsonl", str(tmp_path / "empty.jsonl")),)), "a/b")


def test_a_path_to_a_document_is_as_good_as_its_id(blog: Recipe) -> None:
    (source,) = blog.sources
    named = explain(blog, f"{source.path}/_posts/2024-03-01-bread.md")
    assert named == explain(blog, "blog/_posts/2024-03-01-bread.md")


def test_a_rule_is_sampled_once_where_it_first_changed_something_and_never_in_private() -> None:
    document = Document("b/1", "T", f"{'word ' * 60}\n\n{{% x %}}end", "1", "b")
    (sample,) = [each for each in samples(document, Clean(), ()) if each.rule == "templates"]
    assert "{% x %}" in sample.before
    assert "{% x %}" not in sample.after
    assert list(samples(document, Clean(), {"templates"})) == [
        each for each in samples(document, Clean(), ()) if each.rule != "templates"
    ]
    private = Document("b/1", "T", document.text, "1", "b", private=True)
    assert list(samples(private, Clean(), ())) == []


def test_dropped_rows_are_shown_by_reason_the_commonest_first(tmp_path: Path) -> None:
    rows = [("a/1", "redirect"), ("a/2", "too short"), ("a/3", "too short")]
    lines = [
        json.dumps({"id": name, "title": "T", "source": "a", "reason": reason, "detail": "why"})
        for name, reason in rows
    ]
    run = Run(tmp_path)
    write_text(run.dataset / "dropped.jsonl", "\n".join(lines))
    shown = told(dropped(run, "mine")).splitlines()
    assert shown[:3] == ["too short: 2", "  a/2  T  (why)", "  a/3  T  (why)"]
    assert shown[4] == "redirect: 1"


def test_a_dropped_title_may_be_of_any_length_and_of_any_characters(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.dataset.mkdir()
    lost = Dropped("a/1", "One\u2028two " + "x" * 1000, "a", "too short", "")
    write_dropped(run.dataset / "dropped.jsonl", [lost])
    assert dropped(run, "mine") == [lost]
    assert len(told([lost])) < 200


def test_before_a_first_run_the_command_that_makes_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(StageError) as refused:
        dropped(Run(tmp_path), "mine")
    assert refused.value.fix == "python -m train prepare mine"


def test_what_a_rule_takes_off_the_end_is_shown_there() -> None:
    words = "We walked to the mill. " * 40
    document = Document("a/1", "Mill", f"{words}\n\n{{% include gallery.html %}}", "1", "a")
    (sample,) = [each for each in samples(document, Clean(), ()) if each.rule == "templates"]
    assert sample.before.endswith("{% include gallery.html %}")
    assert sample.before != sample.after
