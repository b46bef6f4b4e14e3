"""What changed between two versions: planted changes are found, each in its place, and no other."""

import json
from pathlib import Path

import pyarrow
import pytest
from huggingface_hub import CommitOperationAdd as Add
from huggingface_hub import HfApi
from pyarrow import parquet

from tests.publishing import hub
from tests.withdrawing import Published
from train.errors import StageError
from train.rehearse.hub.process import LocalHub
from train.release.published.check import Check, lines
from train.release.published.diff import rows, values
from train.release.published.diff.changes import Changes, compare
from train.release.published.diff.told import told
from train.release.published.diff.values import Changed, Text, Words
from train.release.published.place import repository_of
from train.run import as_json

__all__ = ["hub"]


@pytest.fixture(scope="module")
def writer(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A version, and a second one in which four things are other than in the first."""
    made = Published(HfApi(endpoint=hub.url, token=hub.token), "compared", tmp_path_factory.mktemp("runs"))
    made.release("v0.1.0")
    made.release("v0.2.0", "two")
    recipe = made.text("adapter", "recipe.yaml", "v0.2.0").replace("lora_r: 32", "lora_r: 16")
    metrics = json.loads(made.text("adapter", "evidence/metrics.json", "v0.2.0"))
    metrics["metrics"][0]["adapter"] = 0.75
    made.move_tag(
        "adapter",
        "v0.2.0",
        Add("recipe.yaml", recipe.replace("title: Title to blog post", "title: Titles").encode()),
        Add("evidence/metrics.json", json.dumps(metrics).encode()),
        Add("chat_template.jinja", b"{{ messages }}"),
    )
    return made


def changes(writer: Published) -> Changes:
    return compare(repository_of(writer.api, writer.repo("adapter")), "v0.1.0", "v0.2.0")


def test_the_planted_changes_are_found(writer: Published) -> None:
    found = changes(writer)
    assert found.settings == (
        Changed("title", "Title to blog post", "Titles"),
        Changed("tune.lora_r", "32", "16"),
    )
    assert found.prompt == ()
    assert found.template.added == ("{{ messages }}",)
    assert [each.name for each in found.figures if each.before != each.after] == ["structure"]
    assert found.rows is not None
    assert [row.split for row in found.rows.rewritten] == ["train", "train", "validation", "test"]
    assert (found.rows.added, found.rows.removed, found.rows.moved) == ((), (), ())
    assert found.made_from == found.packages == found.gate == ()


def test_it_is_told_in_aligned_lines(writer: Published) -> None:
    said = told(changes(writer))
    assert said.startswith("rehearsal/compared-writer  v0.1.0 → v0.2.0\n")
    assert "\n  title        Title to blog post → Titles\n  tune.lora_r  32 → 16\n" in said
    assert "50.0% →     75.0%   [12.0%, 88.0%]" in said
    assert "rewritten: 4\n    How to keep a paper notebook  (train)" in said
    assert said.endswith("the same: made from, packages, gate")


def test_a_version_is_the_same_as_itself(writer: Published) -> None:
    same = compare(repository_of(writer.api, writer.repo("dataset")), "v0.1.0", "v0.1.0")
    assert told(same).endswith(
        "the same: rows, settings, prompt, made from, packages, figures, gate, cards, sizes"
    )


def test_programs_get_all_of_it(writer: Published) -> None:
    found = json.loads(as_json(changes(writer)))
    assert found["rows"]["rewritten"][0]["title"] == "How to keep a paper notebook"
    assert found["settings"][1] == {"name": "tune.lora_r", "before": "32", "after": "16"}


def test_a_version_that_is_not_there_is_said_so(writer: Published) -> None:
    with pytest.raises(StageError, match=r"has no v0\.7\.0; it has v0\.2\.0, v0\.1\.0"):
        compare(repository_of(writer.api, writer.repo("adapter")), "v0.7.0", "v0.2.0")


def split(folder: Path, **splits: list[tuple[str, str]]) -> dict[str, Path]:
    found = {}
    for name, texts in splits.items():
        path = f"data/{name}-00000-of-00001.parquet"
        (folder / "data").mkdir(parents=True, exist_ok=True)
        table = [{"id": id_, "title": id_.title(), "text": text} for id_, text in texts]
        parquet.write_table(pyarrow.Table.from_pylist(table), folder / path)
        found[path] = folder / path
    return found


def test_rows_come_in_go_out_are_rewritten_and_move(tmp_path: Path) -> None:
    before = split(tmp_path / "a", train=[("tea", "x"), ("rain", "x"), ("bread", "x")], test=[("moss", "x")])
    after = split(tmp_path / "b", test=[("tea", "x"), ("moss", "y")], train=[("rain", "x"), ("clay", "x")])
    found = rows.compare(rows.read(before), rows.read(after))
    assert (found.before, found.after) == ({"train": 3, "test": 1}, {"train": 2, "test": 2})
    assert [row.title for row in found.added] == ["Clay"]
    assert [row.title for row in found.removed] == ["Bread"]
    assert [row.title for row in found.rewritten] == ["Moss"]
    assert [(each.row.title, each.before, each.row.split) for each in found.moved] == [
        ("Tea", "train", "test")
    ]


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        pytest.param("Load v0.1.0.", "Load v0.2.0.", (), (), id="the version's own name is no change"),
        pytest.param("One\nTwo", "One\nThree", ("Three",), ("Two",), id="a line that is other"),
        pytest.param("---\na: 1\n---\nOne", "---\na: 2\n---\nOne", (), (), id="front matter is no word"),
    ],
)
def test_the_words_of_a_card(
    before: str, after: str, added: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    found = values.words("card", Text(before.encode(), "v0.1.0"), Text(after.encode(), "v0.2.0"))
    assert (found.added, found.removed) == (added, removed)


def test_a_recipe_whose_few_lines_stand_for_billions_is_compared_as_a_text() -> None:
    doubled = "".join(f"b{n}: &b{n} {{x: *b{n - 1}, y: *b{n - 1}}}\n" for n in range(1, 40))
    bomb = f"b0: &b0 {{x: 1}}\n{doubled}".encode()
    (found,) = values.changed(values.settings(bomb), values.settings(bomb + b"z: 1\n"))
    assert found.name == "recipe.yaml"
    assert values.settings(b"a: &a {x: *a}\n") == {"recipe.yaml": "a: &a {x: *a}\n"}


def test_the_words_of_strangers_give_a_terminal_no_orders() -> None:
    check = Check("adapter", "base", False, "there is no \x1b]0;mine\x07\x1b[2J/x")
    assert not set("\x1b\x07") & set("".join(lines([check])))
    found = Words("card", ("a\x1b[2Jb",), ())
    nothing = values.words("template", Text(None, ""), Text(None, ""))
    changes = Changes("a/b", "v1", "v2", None, (), (), nothing, (), (), (), (), (found,), (), {})
    assert "a[2Jb" in told(changes)
    assert "\x1b" not in told(changes)
