import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from train.errors import StageError
from train.prepare import prepare as stage
from train.prepare.prepare import prepare
from train.prepare.showing import shown
from train.prepare.write import COLUMNS
from train.recipe import Recipe, load
from train.run import ROOT, Run, digests
from train.sections import Keep, Source

SAMPLES = ROOT / "train" / "rehearse" / "samples" / "blog"
SPLITS = ("train", "validation", "test")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "runs" / "blog")


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    posts = tmp_path / "blog" / "_posts"
    posts.mkdir(parents=True)
    for number in range(20):
        words = " ".join(f"word{number}x{each}" for each in range(40))
        text = f"---\ntitle: Post {number}\n---\nIt begins.\n\n## One\n\n{words}\n\n## Two\n\nIt ends.\n"
        (posts / f"2020-01-{number + 1:02}-post.md").write_text(text)
    (posts / "2021-01-01-short.md").write_text("Too short.")
    return over(tmp_path / "blog")


def over(blog: Path) -> Recipe:
    keep = Keep(words=(20, 400), structure="required")
    return replace(load("blog"), sources=(Source(kind="jekyll", path=str(blog)),), keep=keep)


def rows(run: Run, split: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(
        run.dataset / "data" / f"{split}-00000-of-00001.parquet"
    ).to_pylist()
    return found


def dropped(run: Run) -> list[dict[str, str]]:
    lines = (run.dataset / "dropped.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_dataset_has_rows_with_title_text_and_words(recipe: Recipe, run: Run) -> None:
    report = prepare(recipe, run)
    assert report.rows == {"train": 16, "validation": 2, "test": 2}
    row = rows(run, "test")[0]
    assert list(row) == list(COLUMNS)
    assert row["kind"] == "post"
    assert row["text"].startswith(f"# {row['title']}\n\nIt begins.\n\n## One\n\n")
    assert row["words"] == 48
    assert report.words["test"] == 96


def test_each_source_and_file_is_logged_as_it_is_read(
    recipe: Recipe, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="train")
    prepare(recipe, run)
    blog = Path(recipe.sources[0].path)
    said = [each.getMessage() for each in caplog.records]
    begun = said.index(f"blog is jekyll, {blog}")  # behind what its revision was made from
    assert said[begun + 1 :] == sorted(map(str, blog.glob("_posts/*.md")))


def test_everything_read_is_kept_or_dropped_for_a_reason(recipe: Recipe, run: Run) -> None:
    report = prepare(recipe, run)
    assert report.read == {"blog": 21}
    assert report.kept + sum(report.dropped.values()) == 21
    assert dropped(run) == [
        {
            "id": "blog/_posts/2021-01-01-short.md",
            "title": "Short",
            "source": "blog",
            "reason": "too short",
            "detail": "3 words, 0 sections",
        }
    ]


def test_the_same_posts_give_the_same_bytes_wherever_they_lie(
    recipe: Recipe, run: Run, tmp_path: Path
) -> None:
    prepare(recipe, run)
    moved = Run(tmp_path / "elsewhere" / "blog")
    prepare(over(shutil.copytree(tmp_path / "blog", tmp_path / "copy" / "blog")), moved)
    assert digests(run.dataset) == digests(moved.dataset)


def test_alike_texts_are_never_parted(recipe: Recipe, run: Run, tmp_path: Path) -> None:
    shared = " ".join(f"shared{each}" for each in range(120))
    for number in range(6):
        own = " ".join(f"own{number}x{each}" for each in range(30))
        parts = "\n\n".join(shared[at : at + 80] for at in range(0, len(shared), 80))
        text = f"It begins.\n\n## One\n\n{parts}\n\n## Two\n\n{own}\n"
        (tmp_path / "blog" / "_posts" / f"2022-01-0{number + 1}-alike.md").write_text(text)
    report = prepare(recipe, run)
    homes = [name for name in SPLITS for row in rows(run, name) if row["id"].endswith("alike.md")]
    assert len(homes) == 6
    assert len(set(homes)) == 1
    assert min(report.rows.values()) > 0


def test_a_second_call_returns_what_is_there(
    recipe: Recipe, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = prepare(recipe, run)
    with monkeypatch.context() as patched:
        patched.delattr(stage, "shards")
        assert prepare(recipe, run) == report


@pytest.mark.parametrize("spoilt", ["a post is edited", "a row file is cut", "another limit is asked for"])
def test_a_dataset_is_made_again_when(recipe: Recipe, run: Run, tmp_path: Path, spoilt: str) -> None:
    first = prepare(recipe, run)
    if spoilt == "a post is edited":
        with (tmp_path / "blog" / "_posts" / "2020-01-01-post.md").open("a") as post:
            post.write("And more.\n")
    elif spoilt == "a row file is cut":
        (run.dataset / "data" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    else:
        recipe = replace(recipe, keep=replace(recipe.keep, words=(2, 400)))
    report = prepare(recipe, run)
    assert (report == first) is (spoilt == "a row file is cut")
    assert len(rows(run, "train")) == report.rows["train"]


def test_killed_halfway_the_old_dataset_is_whole(
    recipe: Recipe, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(recipe, run)
    before = digests(run.dataset)
    (tmp_path / "blog" / "_posts" / "2020-01-01-post.md").unlink()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stage, "write_dropped", killed)
        with pytest.raises(KeyboardInterrupt):
            prepare(recipe, run)
    assert digests(run.dataset) == before
    assert prepare(recipe, run).kept == 19
    assert [path.name for path in run.folder.iterdir()] == ["dataset"], "no work is left lying about"


def test_nothing_left_is_an_error_that_counts_the_reasons(recipe: Recipe, run: Run) -> None:
    strict = replace(recipe, keep=Keep(words=(1000, 2000)))
    with pytest.raises(StageError, match="No document of blog is left: 21 too short"):
        prepare(strict, run)
    assert not run.dataset.exists()


def test_of_a_prepare_that_left_nothing_it_is_shown_what_went(recipe: Recipe, run: Run) -> None:
    prepare(recipe, run)
    before = shown.dropped(run, "blog")
    with pytest.raises(StageError, match="21 too short") as refused:
        prepare(replace(recipe, keep=Keep(words=(1000, 2000))), run)
    assert refused.value.fix == "python -m train prepare blog --show dropped"
    assert shown.told(shown.dropped(run, "blog")).startswith("too short: 21\n")
    prepare(recipe, run)
    assert shown.dropped(run, "blog") == before, "the dataset that is there has its own reasons"


def test_the_sample_posts_show_every_kind_of_dirt(run: Run) -> None:
    report = prepare(over(SAMPLES), run)
    assert (report.read, report.kept) == ({"blog": 17}, 10)
    assert report.dropped == dict.fromkeys(
        (
            *("redirect", "duplicate", "near duplicate", "no sections", "not a post"),
            *("too short", "unpublished"),
        ),
        1,
    )
    assert set(report.changed) >= {
        "attributes",
        "characters",
        "comments",
        "hard wraps",
        "mojibake",
        "spacing",
    }
