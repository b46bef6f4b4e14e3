"""What programs read of each command: the table in docs/commands.md, and the answers themselves."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from tests.publishing import hub
from tests.withdrawing import Published
from train.__main__ import main
from train.check_card import Checked
from train.evaluate.report import Metrics
from train.jobs.remote import Cancelled, Ended
from train.new.cli import Made
from train.prepare.document import Dropped
from train.prepare.report import DatasetReport
from train.prepare.showing.explain import Explained
from train.preview import Pages
from train.rehearse.hub.cli import Serving as ServingHub
from train.rehearse.hub.process import LocalHub
from train.rehearse.rehearse import Serving
from train.rehearse.table import Everything, Rehearsal
from train.release.doctor.diagnosis import Diagnosis
from train.release.forecast import Forecast
from train.release.pipeline.plan import Plan as Released
from train.release.pipeline.summary import Summary
from train.release.published.diff.changes import Changes
from train.release.published.moved import Moved
from train.release.published.promote import Part, Promotion
from train.release.published.rollback import Return
from train.release.published.verify import Verdict
from train.release.published.yank import Withdrawal
from train.release.report import Bundle, Release
from train.release.setup.cli import SetUp
from train.run import ROOT
from train.tune.gguf.base import Converted
from train.tune.plan import Plan
from train.tune.report import TrainingReport
from train.verbs import registry
from train.verbs.answer import Mishap
from train.verbs.completion import Script

__all__ = ["hub"]
GIVEN: dict[str, Any] = {  # what is typed -> what is written, and what a list holds
    "new": Made,
    "prepare": DatasetReport,
    "prepare --show dropped": (Dropped,),
    "prepare --explain ID": Explained,
    "tune": TrainingReport,
    "tune --plan": Plan,
    "tune --cancel": Cancelled,
    "evaluate": Metrics,
    "evaluate --cancel": Cancelled,
    "bundle": Bundle,
    "release": Release,
    "release --dry-run": Forecast,
    "rehearse": Rehearsal,
    "rehearse all": Everything,
    "space": Serving,
    "hub": ServingHub,
    "card": Pages,
    "check-card": Checked,
    "gguf": Converted,
    "setup": SetUp,
    "sign": Bundle,
    "promote": Promotion,
    "rollback": Return,
    "yank": Withdrawal,
    "verify": Verdict,
    "diff": Changes,
    "doctor": (Diagnosis,),
    "plan": Released,
    "fetch": TrainingReport,
    "summary": Summary,
    "completion": Script,
    "any mishap": Mishap,
}
MORE = {"prepare": ("seal",), "tune": ("seal",), "tune --plan": ("fits", "seconds")}


def keys(command: str) -> list[str]:
    kind = GIVEN[command]
    held = kind[0] if isinstance(kind, tuple) else kind
    return sorted([*(each.name for each in dataclasses.fields(held)), *MORE.get(command, ())])


def row(command: str) -> str:
    listed = ", ".join(f"`{key}`" for key in keys(command))
    many = "a list: " * isinstance(GIVEN[command], tuple)
    return f"| {f'`{command}`' if command != 'any mishap' else command} | {many}{listed} |"


def test_the_table_in_the_docs_names_every_key() -> None:
    told = (ROOT / "docs" / "commands.md").read_text()
    table = told.partition("| command | keys |\n|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [row(command) for command in GIVEN]


def test_every_verb_is_in_it() -> None:
    assert {command.split()[0] for command in GIVEN} - {"any"} == {verb.name for verb in registry.listed()}


@pytest.fixture(scope="module")
def writer(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    made = Published(HfApi(endpoint=hub.url, token=hub.token), "answers", tmp_path_factory.mktemp("runs"))
    for rows, version in enumerate(("v0.1.0", "v0.2.0", "v0.3.0")):
        made.release(version, "one" if rows == 0 else f"{rows}")
    return made


@pytest.fixture
def typed(
    writer: Published, hub: LocalHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """What a command line says on stdout, as JSON; its exit code must be this one."""
    monkeypatch.setattr("train.release.published.rollback.connect", lambda: writer.api)
    monkeypatch.setattr("train.release.published.yank.connect", lambda: writer.api)

    def type_(*words: str, code: int = 0) -> Any:
        assert main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return type_


def test_rollback_says_what_every_repository_shows_and_showed(writer: Published, typed: Any) -> None:
    before = writer.refs("adapter")
    said = typed("rollback", writer.repo("adapter"), "--to", "v0.2.0")
    assert sorted(said) == keys("rollback")
    assert said["version"] == "v0.2.0"
    dataset, adapter, space = said["repositories"]
    assert sorted(adapter) == sorted(each.name for each in dataclasses.fields(Moved))
    assert (adapter["part"], adapter["repository"]) == ("adapter", writer.repo("adapter"))
    assert adapter["url"] == f"{writer.api.endpoint}/{writer.repo('adapter')}"
    assert adapter["main_before"] == before["main"]
    assert adapter["main"] == writer.refs("adapter")["main"] != before["main"]
    assert adapter["tags"] == {"v0.2.0": before["v0.2.0"]}
    assert {each["shows"] for each in (dataset, adapter, space)} == {"v0.2.0"}


def test_yank_says_what_main_shows_though_an_earlier_version_was_chosen(
    writer: Published, typed: Any
) -> None:
    typed("rollback", writer.repo("adapter"), "--to", "v0.1.0")
    said = typed("yank", writer.repo("adapter"), "v0.2.0", "--reason", "It repeats a private letter.")
    assert sorted(said) == keys("yank")
    assert (said["version"], said["use"], said["was_withdrawn"]) == ("v0.2.0", "v0.3.0", False)
    for each in said["repositories"]:
        assert each["shows"] == "v0.1.0"
        assert set(each["tags"]) == {"v0.2.0", "v0.2.0-yanked"}
    again = typed("yank", writer.repo("adapter"), "v0.2.0", "--reason", "It is for another reason.")
    assert again["was_withdrawn"] is True
    assert again["reason"] == "It repeats a private letter."
    assert all(each["main"] == each["main_before"] for each in again["repositories"])


def test_what_cannot_be_done_is_told_with_the_next_command(writer: Published, typed: Any) -> None:
    said = typed("rollback", writer.repo("adapter"), "--to", "v9.0.0", code=1)
    assert sorted(said) == keys("any mishap")
    assert re.match(r"python -m train rollback \S+ --to v", said["next"])


def test_explain_is_a_value(tmp_path: Path, typed: Any) -> None:
    from tests.golden.run import RECIPE
    from train.rehearse.scale import as_yaml
    from train.sections import Source

    posts = tmp_path / "blog" / "_posts"
    posts.mkdir(parents=True)
    (posts / "2024-03-01-bread.md").write_text("---\ntitle: Bread\n---\n{% include ad.html %}\nI bake.\n")
    recipe = dataclasses.replace(RECIPE, sources=(Source("jekyll", str(tmp_path / "blog")),))
    (tmp_path / "mine.yaml").write_text(as_yaml(recipe))
    said = typed("prepare", str(tmp_path / "mine.yaml"), "--explain", "blog/_posts/2024-03-01-bread.md")
    assert sorted(said) == keys("prepare --explain ID")
    assert said["document"]["title"] == "Bread"
    assert "templates" in [step["name"] for step in said["steps"]]
    assert "I bake." in said["kept"][0]["text"]


def test_a_cancelled_job_is_named(typed: Any) -> None:
    done = Cancelled("training", (Ended("1", "http://hub/jobs/me/1"),))
    assert done.told == "cancelled: http://hub/jobs/me/1"
    assert Cancelled("training").told == "no Job of this training is running"


def test_what_is_promoted_is_named_with_its_address() -> None:
    names = {each.name for each in dataclasses.fields(Part)}
    assert {"part", "repository", "url", "private", "was_private", "stays"} == names
