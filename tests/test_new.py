"""`train new`: whatever is answered, a recipe that works is left; nothing is overwritten."""

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from train import recipe as recipes
from train.__main__ import main
from train.errors import ImprintError
from train.licensing import check_licenses, combination
from train.new import cli, texts
from train.new.bases import BASES
from train.new.cli import Answers, written
from train.new.kinds import KINDS
from train.rehearse.scale import scaled
from train.rehearse.seed import like
from train.sections import Source
from train.tune import options

POST = "---\ntitle: {title}\n---\n\n{words}\n"
WORDS = "The bread was late again, so we walked along the river until the bakery opened its blue door."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where recipes are left, instead of where the shipped ones are."""
    monkeypatch.setattr(recipes, "FOLDER", tmp_path / "recipes")
    (tmp_path / "recipes").mkdir()
    return tmp_path / "recipes"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    posts = tmp_path / "my-blog" / "_posts"
    posts.mkdir(parents=True)
    for number, title in enumerate(("Late bread", "Blue doors"), 1):
        (posts / f"2024-03-0{number}-post.md").write_text(POST.format(title=title, words=WORDS))
    return posts.parent


def said(*lines: str) -> io.StringIO:
    return io.StringIO("".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_on_every_base_is_a_recipe_that_can_be_trained(kind: str, base: str) -> None:
    source = None if KINDS[kind].sources else Source(kind="jekyll", path="../my-blog")
    text = written(Answers("mine", kind, source, base, "ana", public=False, language="en"))
    recipe = recipes.parse(text, "mine.yaml")
    options.checked(recipe)
    check_licenses(combination(recipe, recipe.sources))
    assert recipe.publish.private
    assert recipe.base == BASES[base].name
    assert 20 <= text.count("\n") <= 60


def test_what_trains_without_a_gpu_asks_for_none() -> None:
    source = Source(kind="jekyll", path="../my-blog")
    on_cpu = recipes.parse(
        written(Answers("mine", "posts", source, "cpu", "ana", False, "en")), "mine.yaml"
    ).tune
    on_gpu = recipes.parse(
        written(Answers("mine", "posts", source, "8gb", "ana", False, "en")), "mine.yaml"
    ).tune
    assert (on_cpu["use_cpu"], on_cpu["bf16"], on_cpu["dtype"]) == (True, False, "float32")
    assert "load_in_4bit" not in on_cpu
    assert "use_cpu" not in on_gpu


@pytest.mark.parametrize(
    ("kind", "samples"),
    [
        *[("posts", "blog"), ("voice", "voice"), ("news", "news")],
        *[("tone", "humanizer"), ("articles", "medium"), ("pairs", "medium")],
    ],
)
def test_every_kind_is_rehearsed_on_samples_that_suit_it(kind: str, samples: str) -> None:
    source = None if KINDS[kind].sources else Source(kind="jekyll", path="../my-blog")
    recipe = recipes.parse(written(Answers("mine", kind, source, "cpu", "ana", False, "de")), "mine.yaml")
    assert like(recipe) == samples
    assert scaled(recipe, "0" * 40, (Source(kind="jekyll", path="site"),), ("A title",)).language == "en"


def test_four_questions_make_a_recipe(
    folder: Path, blog: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = said("2", str(blog / "none"), str(blog), "8gb", "not a name", "ana")
    monkeypatch.setattr(sys, "stdin", answers)
    assert main(["new", "garden"]) == 0
    recipe = recipes.load("garden")
    assert recipe.sources[0].kind == "jekyll"
    assert recipe.publish.repositories == ("ana/garden-texts", "ana/Qwen2.5-1.5B-garden", "ana/garden")
    told = capsys.readouterr()
    assert "found: 2 texts (jekyll)" in told.err
    assert "There is nothing at" in told.err, "a slip is asked again, not punished"
    assert "make rehearse RECIPE=garden" in told.out


@pytest.mark.parametrize(("kind", "told"), [("posts", True), ("voice", False)])
def test_texts_without_the_sections_that_posts_need_are_noticed_at_once(
    folder: Path, blog: Path, capsys: pytest.CaptureFixture[str], kind: str, told: bool
) -> None:
    assert (
        main(["new", "garden", "--write", kind, "--texts", str(blog), "--train", "cpu", "--owner", "ana"])
        == 0
    )
    assert ("only 0 of them seem to have sections" in capsys.readouterr().err) == told


def test_what_is_said_on_the_command_line_is_not_asked(folder: Path, blog: Path) -> None:
    words = ("--write", "voice", "--texts", str(blog), "--train", "cpu", "--owner", "ana", "--public")
    assert main(["new", "garden", *words]) == 0
    assert not recipes.load("garden").publish.private


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.sources])
def test_a_kind_with_texts_of_its_own_is_made_without_a_question(
    folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["new", "garden", "--write", kind, "--train", "16gb", "--owner", "ana"]) == 0
    assert recipes.load("garden").sources


@pytest.mark.parametrize(
    ("words", "what"),
    [
        pytest.param(("Garden",), "cannot be the name of a recipe", id="a capital"),
        pytest.param(("../garden",), "cannot be the name of a recipe", id="a path"),
        pytest.param(("garden",), "Nobody is here to answer", id="nobody"),
        pytest.param(
            ("garden", "--write", "tone", "--train", "cpu", "--owner", "a/b"),
            "huggingface.co/NAME",
            id="a repository",
        ),
        pytest.param(
            ("garden", "--write", "posts", "--train", "cpu", "--owner", "ana", "--texts", ""),
            "Texts are needed",
            id="no texts",
        ),
        pytest.param(
            ("garden", "--write", "tone", "--train", "cpu", "--owner", "ana", "--language", "[no"),
            "Next:  python -m train new --help",
            id="no language",
        ),
    ],
)
def test_what_cannot_be_asked_leaves_nothing(
    folder: Path,
    words: tuple[str, ...],
    what: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["new", *words]) == 1
    assert what in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_words_that_yaml_takes_for_a_switch_are_words(folder: Path) -> None:
    words = ("--write", "tone", "--train", "cpu", "--owner", "ana", "--language", "no")
    assert main(["new", "on", *words]) == 0
    assert (recipes.load("on").name, recipes.load("on").language) == ("on", "no")


@pytest.mark.parametrize(("kind", "code"), [("voice", 1), ("pairs", 1), ("tone", 0)])
def test_a_table_without_titles_is_for_a_writer_that_is_asked_with_none(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, code: int
) -> None:
    (tmp_path / "posts.csv").write_text(f'id,content\n1,"{WORDS}"\n')
    words = ("--write", kind, "--texts", str(tmp_path / "posts.csv"), "--train", "cpu", "--owner", "ana")
    assert main(["new", "garden", *words]) == code
    assert ("no column of titles" in capsys.readouterr().err) == bool(code)


def test_a_recipe_that_is_there_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "garden.yaml").write_text("mine")
    assert main(["new", "garden"]) == 1
    assert (folder / "garden.yaml").read_text() == "mine"
    assert "There is a recipe garden already" in capsys.readouterr().err


def places(folder: Path, blog: Path) -> Iterator[tuple[Path, str]]:
    (folder / "plain").mkdir()
    (folder / "plain" / "note.md").write_text(f"# A note\n\n{WORDS}\n")
    yield folder / "plain", "folder"
    yield blog, "jekyll"
    (folder / "posts.csv").write_text(f'title,text\nLate bread,"{WORDS}"\n')
    yield folder / "posts.csv", "csv"
    (folder / "posts.jsonl").write_text(f'{{"title": "Late bread", "text": "{WORDS}"}}\n')
    yield folder / "posts.jsonl", "jsonl"
    yield blog / "_posts", "jekyll"
    with zipfile.ZipFile(folder / "letters.zip", "w") as export:
        export.writestr(
            "posts.csv",
            "post_id,title,is_published,type,audience\n1.late,Late bread,true,newsletter,everyone\n",
        )
        export.writestr("posts/1.late.html", f"<p>{WORDS}</p>")
    yield folder / "letters.zip", "substack"


def test_the_kind_of_a_source_is_told_from_what_lies_there(tmp_path: Path, blog: Path) -> None:
    for place, kind in places(tmp_path, blog):
        assert texts.found(str(place)).source.kind == kind, place
    assert texts.found("ana/letters").source.kind == "hub"
    assert texts.found("ana/letters").told.startswith("no path here"), "it was not looked for"


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        pytest.param("title,text", {}, id="as they are called here"),
        pytest.param("headline,body", {"title": "headline", "text": "body"}, id="by other names"),
        pytest.param("id,content", {"title": "", "text": "content"}, id="texts without titles"),
        pytest.param("Headline,html", {"title": "Headline", "text": "html"}, id="the longest are the texts"),
        pytest.param("formal,natural", {"title": "formal", "text": "natural"}, id="pairs"),
        pytest.param("post_title,Body", {"title": "post_title", "text": "Body"}, id="nearly so called"),
    ],
)
def test_the_columns_of_a_table_are_found_by_the_names_they_often_have(
    header: str, columns: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "posts.csv").write_text(f'{header}\nLate bread,"{WORDS}"\n')
    found = texts.found(str(tmp_path / "posts.csv"))
    assert found.count == 1
    assert found.source.columns == columns
    text = written(Answers("mine", "voice", found.source, "cpu", "ana", False, "en"))
    assert recipes.parse(text, "mine.yaml").sources[0].columns == columns


@pytest.mark.parametrize("name", ["empty", "picture.png", "letters", "a b/c"])
def test_a_place_without_texts_is_refused_with_what_was_tried(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    place = str(tmp_path / name) if (tmp_path / name).exists() else name
    with pytest.raises(ImprintError, match=r"No text was found|There is nothing at"):
        texts.found(place)


def test_the_account_of_this_machine_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_account", lambda: "ana")
    monkeypatch.setattr(sys, "stdin", said(""))
    assert cli._owner() == "ana"
