"""A corpus cleaned by many: what `docs/beyond.md` says about it, run as it stands there."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.pages import Page
from tests.test_work import over, sentence, write
from train.prepare.engine import chunks, work
from train.prepare.engine.spread import fill
from train.prepare.prepare import prepare
from train.rehearse.scale import as_yaml
from train.run import ROOT, Run, as_line, digests
from train.sections import Source

POSTS = 600  # two chunks
PAGE = Page(ROOT / "docs" / "beyond.md")


def script(name: str) -> str:
    """The one on the page that says it is this file."""
    (found,) = (block for block in PAGE.blocks("python") if block.startswith(f"# {name}, "))
    return found


def text(number: int) -> str:
    rng = Random(number)
    return "\n\n".join(" ".join(sentence(rng) for _ in range(2)) for _ in range(2))


def refuse(*given: object, **named: object) -> None:
    raise AssertionError("this shard was made twice")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "DOCUMENTS", 10)
    monkeypatch.setattr(work, "CORES", 1)  # a process takes a second to begin


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    return write(tmp_path / "blog", range(40))


@pytest.mark.parametrize("parts", [3, 7])
def test_what_parts_filled_prepare_only_joins(
    parts: int, blog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, spread = Run(tmp_path / "whole"), Run(tmp_path / "spread")
    report = prepare(over(blog), whole)
    assert sum(fill(over(blog), spread, part, parts) for part in reversed(range(parts))) == 4
    assert fill(over(blog), spread, 0, 1) == 0, "what is there is not made again"
    monkeypatch.setattr(work, "make", refuse)
    assert prepare(over(blog), spread) == report
    assert digests(spread.dataset) == digests(whole.dataset)
    assert [path.name for path in spread.folder.iterdir()] == ["dataset"]


@pytest.mark.slow
def test_the_page_s_script_cleans_on_two_workers_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = tmp_path / "posts.jsonl"
    rows = ({"title": f"Post {number}", "text": text(number)} for number in range(POSTS))
    posts.write_text("".join(map(as_line, rows)), encoding="utf-8")
    source = Source(kind="jsonl", path=str(posts), columns={"title": "title", "text": "text"})
    recipe = replace(over(tmp_path), sources=(source,))
    (tmp_path / "mine.yaml").write_text(as_yaml(recipe), encoding="utf-8")
    (tmp_path / "clean.py").write_text(script("clean.py"), encoding="utf-8")
    command, environment = [sys.executable, "clean.py", "mine.yaml"], os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    whole, spread = Run(tmp_path / "whole"), Run(tmp_path / "runs" / "blog")
    report = prepare(recipe, whole)  # in chunks of ten: the bytes do not depend on them
    monkeypatch.undo()  # in chunks of the script's size
    monkeypatch.setattr(work, "make", refuse)
    assert prepare(recipe, spread, workers=1) == report
    assert digests(spread.dataset) == digests(whole.dataset)
