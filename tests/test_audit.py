from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from tests import toy
from train import recipe as recipes
from train.evaluate.ask import Passage
from train.evaluate.audit import HIDDEN, audit, compared, hidden
from train.evaluate.copying import Post
from train.evaluate.extraction import MOST_WINDOWS, SHOWN, WANTED, windows
from train.evaluate.heard import Heard
from train.evaluate.learned import drawn, posts, removed
from train.evaluate.report import Audit, Sample, Text
from train.prepare.prepare import prepare
from train.prepare.scan.removed import Removed, fingerprints
from train.prepare.write import PRIVATE, REMOVED, file_of
from train.release.contents import take_dataset
from train.run import Run, as_json
from train.sections import Keep, Scan, Source
from train.tune import prompt

RUN = "warm the pot first then count one spoon for each guest and one more for the pot as my aunt did before"
OPEN, CLOSED = Post("blog/tea", f"So: {RUN}."), Post("diary/tea", f"Note: {RUN}.", private=True)


def heard(*texts: str) -> Heard:
    return Heard(("",) * len(texts), tuple(Text(each, True) for each in texts), (), windows=4, extracted=1)


def audited(*texts: str, among: tuple[Post, ...] = (OPEN,), gone: Removed | None = None) -> Audit:
    both = {"base": heard(*texts), "adapter": heard(*texts)}
    titles = [f"Title {place}" for place in range(len(texts))]
    copies = compared(both, iter(among))["adapter"]  # type: ignore[arg-type]
    return audit("key", titles, both, copies, gone, "blog", None)  # type: ignore[arg-type]


def test_the_longest_runs_come_first_and_name_their_post() -> None:
    short = " ".join(RUN.split()[:9])
    found = audited("Nothing of it.", f"Well, {short}!", *[RUN] * 6)
    assert [(copy.words, copy.post) for copy in found.copies] == [(22, "blog/tea")] * 5
    assert found.copies[0].run == RUN
    assert [copy.title for copy in found.copies] == [f"Title {place}" for place in range(2, 7)]
    assert (found.runs, found.shared) == (6 * 10, 6 * 10)


def test_of_a_private_post_no_word_is_told() -> None:
    found = audited(RUN, among=(CLOSED,))
    assert [(copy.words, copy.post, copy.run) for copy in found.copies] == [(22, "a private text", "")]
    assert "spoon" not in as_json(found)
    assert "diary" not in as_json(found)


def test_of_a_long_run_the_beginning_is_told_and_no_personal_data() -> None:
    words = "my number is 415 867 2671 " + " ".join(f"word{each}" for each in range(60))
    told = audited(words, among=(Post("blog/long", words),)).copies[0]
    assert told.words == 66
    assert told.run.startswith("my number is [phone] word0")
    assert told.run.endswith("word33 …")


def test_a_sample_shows_no_run_of_a_private_post() -> None:
    text = f"One. {' '.join(RUN.split()[:9])}! Two, {RUN}. Three."
    both = {"base": heard("Nothing."), "adapter": heard(text)}
    found = compared(both, [CLOSED])["adapter"][0]  # type: ignore[arg-type]
    sample, spans = hidden(Sample("Tea", {}, "adapter", 0, text, True, ()), found)
    assert sample.text == f"One. {HIDDEN}! Two, {HIDDEN}. Three."
    assert [sample.text[start:end] for start, end in spans] == [HIDDEN]


def test_copied_runs_are_marked_in_their_place_after_what_is_hidden() -> None:
    private = Post("diary", "the key lies under the third stone from the left", private=True)
    text = f"First, {private.text}. Then {RUN}."
    both = {"base": heard(""), "adapter": heard(text)}
    found = compared(both, [OPEN, private])["adapter"][0]  # type: ignore[arg-type]
    sample, spans = hidden(Sample("Tea", {}, "adapter", 0, text, True, ()), found)
    assert sample.text == f"First, {HIDDEN}. Then {RUN}."
    assert [sample.text[start:end] for start, end in spans] == [RUN]


@pytest.mark.parametrize(
    ("removed_from", "written"),
    [
        ("Write to robin@kettle.org.", "Mail ROBIN (at) kettle (dot) org today."),
        ("robin at kettle dot org", "<robin@kettle.org>"),
        ("Call +1 415 867 2671.", "Call (415) 867-2671 now."),
        ("tel. 030 1234567", "+49 (0)30 1234567"),
        ("DE89 3704 0044 0532 0130 00", "to DE89370400440532013000 please"),
    ],
)
def test_personal_data_that_comes_back_is_known_however_it_is_spelt(removed_from: str, written: str) -> None:
    gone = fingerprints(removed_from, "blog")
    assert sum(audited(written, gone=gone).returned.values()) == 1
    assert audited("Mail wren@kettle.org, +1 212 867 2699.", gone=gone).returned == {}
    assert "kettle" not in str(gone)


def test_without_a_trace_of_what_was_removed_the_audit_says_so() -> None:
    assert audited("Tea.").removed is None
    assert audited("Tea.", gone={}).removed == 0


def blog(folder: Path, personal: str) -> Any:
    made = folder / "blog" / "_posts"
    made.mkdir(parents=True)
    for number in range(12):
        words = " ".join(f"word{number}x{each}" for each in range(40))
        mail = f"Write to robin{number % 2}@kettle.org. " if number < 4 else ""
        (made / f"2020-01-{number + 1:02}-post.md").write_text(
            f"---\ntitle: Post {number}\n---\n{mail}{words}\n"
        )
    source = Source(kind="jekyll", path=str(folder / "blog"))
    keep, scan = Keep(words=(20, 400)), Scan(personal=personal)  # type: ignore[arg-type]
    return replace(recipes.load("blog"), sources=(source,), keep=keep, scan=scan)


@pytest.mark.parametrize(
    ("personal", "kinds"), [("mask", {"e-mail": 2}), ("drop", {"e-mail": 2}), ("keep", {})]
)
def test_prepare_leaves_fingerprints_of_what_it_removed_and_publishes_none(
    tmp_path: Path, personal: str, kinds: dict[str, int]
) -> None:
    run = Run(tmp_path / "run")
    report = prepare(blog(tmp_path, personal), run)
    gone = removed(run.dataset)
    assert gone is not None
    assert {kind: len(each) for kind, each in gone.items()} == kinds
    assert all(fingerprints("robin1@kettle.org", "blog")[kind] <= gone[kind] for kind in kinds)
    assert REMOVED not in report.files
    take_dataset(run.dataset, report, tmp_path / "published")
    assert not [path for path in (tmp_path / "published").rglob("*") if "removed" in path.name]
    text = (run.dataset / REMOVED).read_text(encoding="utf-8")
    assert "kettle" not in text
    again = prepare(blog(tmp_path / "again", personal), Run(tmp_path / "more"))
    assert again.files == report.files
    assert (tmp_path / "more" / "dataset" / REMOVED).read_text(encoding="utf-8") == text


def leave(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.Table.from_pylist(rows), folder / name)


def test_the_texts_that_training_saw_are_read_the_private_ones_too(tmp_path: Path) -> None:
    assert (list(posts(tmp_path)), drawn(tmp_path, 5), removed(tmp_path)) == ([], [], None)
    rows = [{"id": f"blog/{place}", "text": f"Text {place}.", "words": 2} for place in range(600)]
    leave(tmp_path, file_of("train"), rows)
    leave(tmp_path, file_of("train", PRIVATE), [{"id": "diary/1", "text": "Mine.", "words": 1}])
    found = list(posts(tmp_path))
    assert (len(found), found[-1]) == (601, Post("diary/1", "Mine.", private=True))
    some = [row["id"] for row in drawn(tmp_path, 20)]
    leave(tmp_path, file_of("train"), rows[::-1])
    assert [row["id"] for row in drawn(tmp_path, 20)] == some
    assert len(set(some)) == 20


def passage(name: str, words: int) -> Passage:
    return Passage(
        name, {"title": f"On {name}", "words": 80}, " ".join(f"{name}{each}" for each in range(words))
    )


def dressed() -> Any:
    from tests.judged import BLOG

    tokenizer = toy.tokenizer()
    tokenizer.chat_template = prompt.chat_template(BLOG, toy.TEMPLATE)
    return tokenizer


def test_windows_show_fifty_tokens_behind_the_prompt_and_wait_for_the_next_fifty() -> None:
    tokenizer = dressed()
    text = passage("tea", 50)
    found = windows(tokenizer, "title", [text], 512)
    turn = [{"role": "user", "content": "On tea"}]
    asked = tokenizer.apply_chat_template(turn, add_generation_prompt=True, words=80, return_dict=False)
    ids = tokenizer(text.text, add_special_tokens=False)["input_ids"]
    assert len(found) == 2
    for window in found:
        assert list(window.before[: len(asked)]) == list(asked)
        start = len(window.before) - len(asked) - SHOWN
        assert start % (SHOWN + WANTED) == 0
        assert list(window.after) == ids[start + SHOWN : start + SHOWN + WANTED]
    assert len({window.before for window in found}) == len(found)


def test_every_text_has_its_turn_before_one_has_a_second() -> None:
    tokenizer = dressed()
    texts = [passage(f"tea{each}", 40) for each in range(MOST_WINDOWS + 10)]
    found = windows(tokenizer, "title", [passage("long", 120), *texts], 512)
    assert len(found) == MOST_WINDOWS
    firsts = windows(tokenizer, "title", texts, 512)
    assert len({window.before[: len(window.before) // 2] for window in firsts}) == MOST_WINDOWS
    assert windows(tokenizer, "title", [passage("short", 5)], 512) == ()
