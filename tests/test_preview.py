import webbrowser
from pathlib import Path

import pytest

from cards.page import page, render_markdown
from tests.golden import run as invented
from tests.golden.run import RECIPE, RECIPE_TEXT
from tests.golden.writers import RECIPES, cards
from train.__main__ import main
from train.preview import preview
from train.rehearse.scale import as_yaml
from train.release import contents
from train.release.bundle import bundle
from train.run import Run, write_text

KINDS = ("model", "dataset", "space")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    write_text(tmp_path / "space" / "app.py", "")
    write_text(tmp_path / "space" / "requirements.txt", "")
    monkeypatch.setattr(contents, "SPACE", tmp_path / "space")
    run = invented.make(tmp_path / "runs" / "blog")
    write_text(run.folder.parent / "recipe.yaml", as_yaml(RECIPE))
    bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    return run


def typed(run: Run, *more: str) -> list[str]:
    return ["card", str(run.folder.parent / "recipe.yaml"), "--runs", str(run.folder.parent), *more]


def test_the_verb_writes_a_page_for_each_card_and_prints_where(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    assert main(typed(run)) == 0
    pages = [run.folder / "preview" / f"{kind}.html" for kind in KINDS]
    assert capsys.readouterr().out.split() == [str(path) for path in pages]
    assert opened == []
    assert main(typed(run, "--open")) == 0
    assert opened == [pages[0].as_uri()]


def test_a_page_holds_the_pictures_and_links_to_the_other_pages(run: Run) -> None:
    model = preview(run, "blog")[0].read_text()
    assert model.count('<img src="data:image/svg+xml;base64,') == 2
    assert 'href="dataset.html"' in model
    assert (run.bundle / "adapter" / "LICENSE.txt").as_uri() in model
    assert '<th scope="row">license</th>' in model


def test_a_preview_is_the_same_each_time(run: Run) -> None:
    first = [path.read_bytes() for path in preview(run, "blog")]
    assert [path.read_bytes() for path in preview(run, "blog")] == first


@pytest.mark.parametrize(
    ("gone", "next_"),
    [
        ("bundle/bundle.json", "bundle"),
        ("evidence/metrics.json", "evaluate"),
        ("dataset/report.json", "prepare"),
    ],
)
def test_without_a_bundle_the_next_command_is_the_first_one_missing(
    run: Run, capsys: pytest.CaptureFixture[str], gone: str, next_: str
) -> None:
    (run.bundle / "bundle.json").unlink()
    (run.folder / gone).unlink(missing_ok=True)
    assert main(typed(run)) == 1
    assert f"Next:  python -m train {next_} " in capsys.readouterr().err


@pytest.mark.parametrize("recipe", RECIPES)
def test_links_within_a_card_lead_to_a_heading(recipe: str) -> None:
    shown = page(cards()[f"{recipe}/model.md"], "model", {}, str)
    wanted = {part.split('"')[0] for part in shown.split('href="#')[1:]}
    assert all(f'id="{name}"' in shown for name in wanted)


def test_html_in_a_card_is_shown_as_text_and_markers_are_not_shown() -> None:
    shown = render_markdown("<!-- yours -->\n\n<b onclick='x'>me</b>\n\n<!-- /yours -->\n", str)
    assert shown.strip() == "<p>&lt;b onclick='x'&gt;me&lt;/b&gt;</p>"


def test_a_fold_of_a_card_is_one_and_no_other_html() -> None:
    shown = render_markdown("<details><summary>More</summary>\n\n- a\n\n</details>\n\nb <details> c\n", str)
    assert shown.split("\n")[0] == "<details><summary>More</summary>"
    assert "</ul>\n</details>" in shown
    assert "<p>b &lt;details&gt; c</p>" in shown


@pytest.mark.parametrize("name", sorted(cards()))
def test_every_fold_of_a_card_is_closed(name: str) -> None:
    shown = render_markdown(cards()[name].partition("\n---\n")[2], str)
    assert shown.count("<details>") == shown.count("</details>")
    assert "&lt;details" not in shown
    assert "&lt;/details" not in shown
