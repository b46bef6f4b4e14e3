from dataclasses import replace

from markdown_it import MarkdownIt

from train.prepare.report import DatasetReport, Leakage, SourceReport
from train.prepare.showing.plot import picture
from train.prepare.showing.readable import counted, page
from train.prepare.showing.sample import Sample

REPORT = DatasetReport(
    key="",
    recipe="blog",
    read={"my-blog": 12, "old|posts": 3},
    kept=9,
    dropped={"too short": 4, "redirect": 2},
    changed={"hard wraps": 5},
    rows={"train": 7, "validation": 1, "test": 1},
    words={"train": 700, "validation": 90, "test": 110},
    files={},
    sources={
        "my-blog": SourceReport("ab" * 32, "mit", 12, 9, 900, {"too short": 3}),
        "old|posts": SourceReport("cd" * 20, "unknown", 3, 0, 0, {"too short": 1, "redirect": 2}),
    },
    leakage=Leakage(1000, 2, 1),
    repeated={"exact": 3, "near": 0},
    personal={"e-mail": 2},
    notes={"C4": 0.5},
)
SAMPLE = Sample("hard wraps", "my-blog/_posts/a.md", "one\ntwo", "one two")


def test_the_page_tells_who_lost_what_and_why() -> None:
    told = page(REPORT, [SAMPLE])
    assert "| too short | 4 | 3 | 1 |" in told
    assert "Of 1,000 runs of 13 words in validation and test, 2 stand in train too (0.20%)." in told
    assert "1 documents were taken back" in told
    assert "- e-mail: 2" in told
    assert "C4: 50%" in told
    assert "one\ntwo\n~~~~~~\n\nbecame\n\n~~~~~~\none two" in told


def test_the_words_of_private_rows_are_counted_with_their_rows() -> None:
    public = replace(REPORT, private=2, words={"train": 500, "validation": 90, "test": 110})
    assert "9 rows of 900 words were kept of 15 documents." in page(public, [])


def test_in_a_few_lines_it_is_counted_what_each_filter_found() -> None:
    assert list(counted(REPORT)) == [
        "my-blog: 12 read, 9 kept, 900 words",
        "old|posts: 3 read, 0 kept, 0 words",
        "dropped: too short 4, redirect 2",
        "paragraphs that repeat: exact 3",
        "masked: e-mail 2",
        "changed by: hard wraps 5",
    ]


def test_a_small_corpus_is_called_a_demo_and_a_large_one_is_not() -> None:
    assert "This is a demo" in page(REPORT, [])
    assert "This is a demo" not in page(replace(REPORT, demo=False), [])


def test_a_bar_in_a_name_does_not_break_the_tables() -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(page(REPORT, []))
    cells = [token for token in tokens if token.type == "td_open"]
    heads = [token for token in tokens if token.type == "th_open"]
    assert (len(heads), len(cells)) == (6 + 4 + 3, 2 * 6 + 2 * 4 + 3 * 3)


def test_the_picture_is_the_same_each_time_and_names_every_reason() -> None:
    drawn = picture(9, REPORT.dropped, [100, 120, 4000])
    assert drawn == picture(9, REPORT.dropped, [100, 120, 4000])
    assert drawn.startswith("<?xml")
    assert "<!-- too short -->" in drawn
    assert "<!-- redirect -->" in drawn


def test_nothing_kept_can_be_drawn_too() -> None:
    assert "</svg>" in picture(0, {}, [])
