"""The embedded corpora, in their sources' own formats: posts from the grammar, and hand-written dirt."""

import re
import shutil
from pathlib import Path
from random import Random

from train.rehearse.grammar import LONG, SHORT, Subject, subjects, write_post
from train.run import replacing

HERE = Path(__file__).parent
HUB_POSTS = HERE / "blog_dataset.jsonl"
POSTS = 700


def write_blog(folder: Path) -> None:
    """A Jekyll blog: posts of two lengths from the grammar, and the hand-written ones with their dirt."""
    rng = Random("blog")
    with replacing(folder) as fresh:
        shutil.copytree(HERE / "blog", fresh, dirs_exist_ok=True)
        for place, subject in enumerate(subjects()[:POSTS]):
            body = write_post(subject, (SHORT, LONG)[place % 2], rng)
            path = fresh / "_posts" / f"{_date(place)}-{_slug(subject)}.md"
            path.write_text(
                f"---\ntitle: {subject.title}\ndate: {_date(place)}\n---\n\n{body}\n", encoding="utf-8"
            )


def new_titles(count: int) -> tuple[str, ...]:
    """Titles that the blog has no post on."""
    return tuple(subject.title for subject in subjects()[POSTS : POSTS + count])


def _date(place: int) -> str:
    return f"{2015 + place // 336}-{place // 28 % 12 + 1:02}-{place % 28 + 1:02}"


def _slug(subject: Subject) -> str:
    return re.sub(r"[^a-z0-9]+", "-", subject.title.lower()).strip("-")
