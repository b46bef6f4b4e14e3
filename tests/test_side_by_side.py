"""All recipes in one go: processes side by side, one that fails beside others that go on."""

import argparse
import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests import loops
from train.errors import ImprintError, StageError, StepFailedError
from train.rehearse import everything
from train.rehearse.everything import Lot, Made, Shop
from train.rehearse.promises import Point
from train.rehearse.prove import Proved, insist
from train.rehearse.steps import Step, Task, aside
from train.rehearse.table import Everything, Rehearsal, several
from train.release.report import Published, Release
from train.stages import STAGES


def python(code: str, name: str = "tune") -> Task:
    return Task(name, ("-c", code), dict(os.environ), read=str.upper)


async def done(task: Task, log: Path) -> Step:
    with log.open("wb") as file:
        return await aside(task, file)


def test_a_step_beside_others_keeps_its_last_line_and_logs_the_rest(tmp_path: Path) -> None:
    code = "import sys; print('step 3', file=sys.stderr); print('first'); print('well done')"
    found = loops.run(done(python(code), tmp_path / "log"))
    assert (found.name, found.came_out) == ("tune", "WELL DONE")
    assert (tmp_path / "log").read_text() == "step 3\n"


def test_a_step_that_fails_beside_others_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="tune did not finish"):
        loops.run(done(python("raise SystemExit(3)"), tmp_path / "log"))


def test_a_step_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
    async def stopped() -> None:
        code = (
            f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
        )
        running = asyncio.create_task(done(python(code), tmp_path / "log"))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.wait([running])

    loops.run(stopped())
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_one_recipe_that_fails_stops_no_other_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def both() -> list[Made]:
        return [await after(name, code) for name, code in (("news", BAD), ("voice", "print('done')"))]

    async def after(name: str, code: str) -> Made:
        with (tmp_path / f"{name}.log").open("wb") as log:
            made = await everything.after(Made(name), python(code), log)
            return await everything.after(made, python("print('bundled')", "bundle"), log)

    news, voice = loops.run(both())
    assert ([each.name for each in voice.steps], voice.error) == (["tune", "bundle"], "")
    assert (news.steps, news.error) == ((), f"news stopped at tune ({tmp_path / 'news.log'})")
    said = capsys.readouterr().err
    assert "  Error: no rows.\n  Next:  make rehearse" in said
    with pytest.raises(StageError, match=r"news stopped at tune .* Released and kept: voice") as stopped:
        everything.check([news, voice])
    assert stopped.value.fix == "make rehearse RECIPE=all"


BAD = "import sys; print('Error: no rows.\\nNext:  make rehearse', file=sys.stderr); sys.exit(1)"


def test_a_recipe_goes_through_the_stages_that_all_recipes_have(tmp_path: Path) -> None:
    assert (*everything.BEFORE_RELEASE, "release") == tuple(stage.__name__ for stage in STAGES)
    shop = Shop(Lot(tmp_path, "v0.3.0"), {})
    given = ["-m", "train", "bundle", str(tmp_path / "news/recipe.yaml"), "--runs", str(tmp_path)]
    assert list(shop.task("bundle", "news").command) == [*given, "--version", "v0.3.0"]
    assert list(shop.task("seed", "news").command)[2:4] == ["seed", "news"]


def test_the_table_has_a_line_for_each_recipe_and_says_what_to_type_next() -> None:
    release = Release(
        "news",
        "v0.1.0",
        "d",
        Published("rehearsal/news-dataset", "1" * 40),
        Published("rehearsal/news-adapter", "2" * 40),
        Published("rehearsal/writers", "3" * 40),
    )
    proved = Proved("news", "an article", (Point("whole", "0%", "100%", "", holds=True),), ())
    made = Everything(
        (Rehearsal(release, (), 61.25),),
        (proved,),
        (Step("ask", "one Space wrote 2 texts", 14.0),),
        "runs/summary.html",
        99.5,
    )
    said = several(made, argparse.Namespace(runs=Path("runs")))
    assert "news      v0.1.0: whole 0% → 100%" in said
    for word in ("61.2", "99.5", "one Space wrote 2 texts", "/spaces/rehearsal/writers", "make hub"):
        assert word in said
    assert "make space RECIPE=all" in said
    assert "runs/summary.html" in said


def test_a_promise_that_is_not_kept_fails_the_rehearsal_by_name() -> None:
    kept = Proved("news", "an article", (), ())
    insist([kept])
    with pytest.raises(ImprintError, match=r"not what was promised: voice \(nearer: 0% → 0%\)\.$"):
        insist([kept, replace(kept, recipe="voice", flaws=("nearer: 0% → 0%",))])


def test_a_pre_release_of_all_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="A pre-release leaves the Space alone"):
        everything.rehearse_all(Lot(tmp_path / "runs", "v1.0.0-rc.1"))
    assert not (tmp_path / "runs").exists()
