"""How `prepare` goes about a corpus of several chunks: processes, kills, secrets, private texts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyarrow import parquet

from train.errors import StageError
from train.prepare import prepare as stage
from train.prepare import refine, sources
from train.prepare.document import Document, Dropped, Finding
from train.prepare.engine import chunks, work
from train.prepare.engine.chunks import Chunk
from train.prepare.prepare import prepare
from train.recipe import Recipe, load
from train.run import Run, digests
from train.sections import Keep, Source, Split

TRAIN, VALIDATION, TEST = (f"data/{name}-00000-of-00001.parquet" for name in ("train", "validation", "test"))
POSTS, AT_ONCE = 40, 10
WORDS = ("morning", "bread", "river", "letter", "garden", "window", "paper", "winter", "house", "small")
SCRIPT = """
import os, signal, sys
from pathlib import Path
from tests.test_work import over
from train.prepare.engine import chunks
from train.prepare.prepare import prepare
from train.run import Run

moves, last = 0, int(sys.argv[3])

def count(event, arguments):
    global moves
    if event == "os.rename":
        moves += 1
        if moves == last:
            os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    chunks.DOCUMENTS = 10
    sys.addaudithook(count)
    prepare(over(Path(sys.argv[1])), Run(Path(sys.argv[2])), workers=1)
"""


def over(blog: Path, **source: Any) -> Recipe:
    only = (Source(kind="jekyll", path=str(blog), **source),)
    return replace(load("blog"), sources=only, keep=Keep(words=(20, 4000), language="any"))


def sentence(rng: Random) -> str:
    return " ".join(f"{rng.choice(WORDS)}{rng.randrange(99)}" for _ in range(9)).capitalize() + "."


def write(blog: Path, posts: range, seed: int = 1) -> Path:
    rng = Random(seed)
    (blog / "_posts").mkdir(parents=True, exist_ok=True)
    for number in posts:
        parts = [" ".join(sentence(rng) for _ in range(5)) for _ in range(4)]
        shared = "This footer stands below every post of mine and says who I am and where I live and why.\n"
        text = f"---\ntitle: Post {number}\n---\n" + "\n\n".join([*parts, shared])
        (blog / "_posts" / f"2020-{number // 28 + 1:02}-{number % 28 + 1:02}-post.md").write_text(text)
    return blog


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    return write(tmp_path / "blog", range(POSTS))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "runs" / "blog")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "DOCUMENTS", AT_ONCE)
    monkeypatch.setattr(work, "CORES", 1)  # a process takes a second to begin


def found(recipe: Recipe) -> list[Document | Dropped]:
    return list(sources.read(sources.pin(recipe.sources)[0]))


def rows(run: Run, path: str) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = parquet.read_table(run.dataset / path).to_pylist()
    return table


def test_one_process_and_two_give_the_same_bytes(blog: Path, tmp_path: Path) -> None:
    made = [Run(tmp_path / name) for name in ("one", "two")]
    reports = [prepare(over(blog), run, workers) for workers, run in enumerate(made, 1)]
    assert reports[0] == reports[1]
    assert digests(made[0].dataset) == digests(made[1].dataset)


def test_rows_stand_in_the_order_of_reading(blog: Path, run: Run) -> None:
    prepare(over(blog), run)
    for name in (TRAIN, VALIDATION, TEST):
        ids = [row["id"] for row in rows(run, name)]
        assert ids == sorted(ids)


def test_the_report_counts_what_was_repeated_and_what_leaks(blog: Path, run: Run) -> None:
    report = prepare(over(blog), run)
    assert report.repeated == {"exact": POSTS - 1, "near": 0}
    assert report.leakage.runs > 1000
    assert report.leakage.share <= 0.005
    assert report.demo
    source = report.sources["blog"]
    assert (source.read, source.kept, source.words) == (POSTS, POSTS, sum(report.words.values()))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What is made of the same posts at once."""
    folder = tmp_path_factory.mktemp("undisturbed")
    whole = Run(folder / "whole")
    prepare(over(write(folder / "blog", range(POSTS))), whole, workers=1)
    return whole


@pytest.mark.slow
@pytest.mark.parametrize("last", [1, 2, 4, 5, 6])
def test_killed_at_any_move_and_run_again_the_bytes_are_the_same(
    blog: Path, run: Run, undisturbed: Run, tmp_path: Path, last: int
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(blog), str(run.folder), str(last)]
    ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=False)
    assert ended.returncode == -signal.SIGKILL
    prepare(over(blog), run)
    assert digests(run.dataset) == digests(undisturbed.dataset)
    assert [path.name for path in run.folder.iterdir()] == ["dataset"]


def test_what_is_finished_is_not_done_again(blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    make = work.make

    def counted(chunk: Chunk, recipe: Recipe, folder: Path) -> tuple[int, int]:
        done.append(chunk.number)
        if len(done) == 3:
            raise KeyboardInterrupt
        return make(chunk, recipe, folder)

    monkeypatch.setattr(work, "make", counted)
    with pytest.raises(KeyboardInterrupt):
        prepare(over(blog), run, workers=1)
    prepare(over(blog), run, workers=1)
    assert done == [0, 1, 2, 2, 3]


def test_a_source_that_fails_half_way_leaves_its_finished_shards(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = found(over(blog))

    def broken(source: Source) -> Iterator[Document | Dropped]:
        yield from whole[:25]
        raise StageError(f"{source.name} went away.", fix="look where it is")

    with monkeypatch.context() as patched:
        patched.setattr(sources, "read", broken)
        with pytest.raises(StageError, match="went away"):
            prepare(over(blog), run, workers=1)
    (folder,) = (run.folder / "work").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["000000", "000001"]
    assert prepare(over(blog), run, workers=1).kept == POSTS


def test_a_shard_of_other_content_is_made_again(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.delattr(stage, "corpus")
        with pytest.raises(NameError):
            prepare(over(blog), run, workers=1)
        (folder,) = (run.folder / "work").iterdir()
    (run.folder / "work" / "of other settings").mkdir()
    (folder / "000001").rename(folder / "spare")
    (folder / "000000").rename(folder / "000001")
    (folder / "spare").rename(folder / "000000")
    assert prepare(over(blog), run, workers=1).kept == POSTS
    assert not (run.folder / "work").exists()


def test_secrets_stop_the_stage_and_the_first_ten_are_named(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = refine.refine

    def leaky(document: Document, recipe: Recipe) -> refine.Refined:
        return replace(real(document, recipe), secrets=(Finding(f"{document.id}:3", "github", "f00d"),))

    monkeypatch.setattr(work, "refine", leaky)
    with pytest.raises(StageError, match=r"2020-01-01-post\.md:3 github \(f00d\).*, and 30 more\.") as caught:
        prepare(over(blog), run, workers=1)
    assert "scan.allow" in caught.value.fix
    assert "revoke" in caught.value.fix
    assert list(run.folder.iterdir()) == []


def test_private_texts_are_learned_from_and_never_published(blog: Path, run: Run, tmp_path: Path) -> None:
    diary = write(tmp_path / "diary", range(15), seed=2)
    short = diary / "_posts" / "2021-01-01-secret-love.md"
    short.write_text("---\ntitle: Secret love\n---\nToo short.\n")
    recipe = over(blog)
    recipe = replace(recipe, sources=(*recipe.sources, *over(diary, private=True).sources))
    report = prepare(recipe, run)
    assert (report.private, report.kept, sum(report.rows.values())) == (15, POSTS + 15, POSTS)
    private = rows(run, "private/train-00000-of-00001.parquet")
    assert len(private) == 15
    public = [
        row for path in (run.dataset / "data").iterdir() for row in parquet.read_table(path).to_pylist()
    ]
    assert {row["source"] for row in public} == {"blog"}
    written = "".join(
        (run.dataset / name).read_text() for name in ("dropped.jsonl", "report.json", "report.md")
    )
    assert "Secret love" not in written
    assert not any(
        row["title"] in written for row in private if row["title"] not in {r["title"] for r in public}
    )
    assert report.sources["diary"].dropped == {"too short": 1}


def test_by_date_the_newest_are_held_out(blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(over(blog), split=Split(0.1, 0.1, "date"))
    whole = [each for each in found(recipe) if isinstance(each, Document)]
    dated = [replace(each, date=each.id.partition("_posts/")[2][:10]) for each in whole]
    monkeypatch.setattr(sources, "read", lambda _: iter(dated))
    prepare(recipe, run)
    dates = [[row["date"] for row in rows(run, name)] for name in (TRAIN, VALIDATION, TEST)]
    assert max(dates[0]) < min(dates[1])
    assert max(dates[1]) < min(dates[2])


def test_half_a_character_stops_nothing(blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Document("blog/x", "Half \ud83d", "half \ud83d a smile " * 30, "x", "blog")
    whole = [*found(over(blog)), broken]
    monkeypatch.setattr(sources, "read", lambda _: iter(whole))
    assert prepare(over(blog), run).kept == POSTS + 1
