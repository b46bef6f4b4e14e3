"""The embedded corpora, in their sources' own formats: hand-written dirt, and bulk from the grammar."""

import csv
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from random import Random

from train.prepare.wording.formal import formal
from train.rehearse.grammar import LONG, SHORT, Subject, fill, subjects, write_page, write_post, write_prose
from train.rehearse.talk import say, talk
from train.run import replacing

HERE = Path(__file__).parent / "samples"
HUB_POSTS = HERE / "blog_dataset.jsonl"
POSTS, DIARY, ARTICLES, NEWS, CHATS = 700, 300, 300, 300, 400
TRIES = 200
REPEATABLE, LIKE = 13, 0.65  # words: a shorter paragraph may be said again; a like one shares more runs
PUBLISHERS = ("Harbour Post", "Northern Wire", "Valley Echo", "Field Notes")


def write_blog(folder: Path) -> None:
    """A Jekyll blog: posts of two lengths from the grammar, and the hand-written ones with their dirt."""
    rng, said = Random("blog"), _Said()
    with replacing(folder) as fresh:
        shutil.copytree(HERE / "blog", fresh, dirs_exist_ok=True)
        for place, subject in enumerate(subjects()[:POSTS]):
            _write_post(fresh, subject, place, _new_post(subject, (SHORT, LONG)[place % 2], said, rng))


def write_voice(folder: Path) -> None:
    """One person's public site and private one; the bulk of the public posts is from the grammar."""
    rng = Random("voice")
    with replacing(folder) as fresh:
        shutil.copytree(HERE / "voice", fresh, dirs_exist_ok=True)
        for place, subject in enumerate(subjects()[-DIARY:]):
            body = write_page(subject, rng.randint(3, 5), rng)
            _write_post(fresh / "site", subject, place, body)


def write_articles(path: Path) -> None:
    """A CSV of articles with lists as Python writes them, like the one that was scraped from Medium."""
    rng = Random("medium")
    names = ("title", "text", "url", "authors", "timestamp", "tags")
    with (HERE / "medium_articles.csv").open(encoding="utf-8", newline="") as file:
        rows: list[Mapping[str, object]] = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, *(_article(place, rng) for place in range(ARTICLES))])


def news() -> list[dict[str, object]]:
    """What the news service knows: titles and descriptions, some of them twice."""
    rng = Random("news")
    written: list[dict[str, object]] = json.loads((HERE / "news.json").read_text(encoding="utf-8"))
    return [*written, *(_news(place, rng) for place in range(NEWS))]


def write_chats(path: Path) -> None:
    """Chats as parquet: a prompt, its id, and the messages that follow from it."""
    import pyarrow
    from pyarrow import parquet

    rng = Random("humanizer")
    lines = (HERE / "chats.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [*map(json.loads, lines), *(_chat(place, rng) for place in range(CHATS))]
    turn = pyarrow.struct({"content": pyarrow.string(), "role": pyarrow.string()})
    names = {"prompt": pyarrow.string(), "prompt_id": pyarrow.string(), "messages": pyarrow.list_(turn)}
    table = pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(names))
    parquet.write_table(table, path, compression="zstd")


def new_titles(count: int) -> tuple[str, ...]:
    """Titles that no sample has a text on."""
    return tuple(subject.title for subject in subjects()[POSTS : POSTS + count])


def formal_texts(count: int) -> tuple[str, ...]:
    """Formal sentences to try a humanizer on, that no sample says."""
    return tuple(map(formal, talk().examples[:count]))


class _Said:
    """The paragraphs of the posts so far: `prepare` would take a like one out of a later post."""

    def __init__(self) -> None:
        self._runs: list[frozenset[str]] = []
        self._places: dict[str, list[int]] = {}

    def has_like(self, paragraph: str) -> bool:
        """Whether an earlier paragraph has most of this one's runs of three words."""
        mine = _runs(paragraph)
        rare = sorted(mine, key=lambda run: len(self._places.get(run, ())))
        rare = rare[: len(mine) - int(LIKE * len(mine))]  # whoever shares none of them cannot share enough
        near = {place for run in rare for place in self._places.get(run, ())}
        return any(len(mine & self._runs[place]) > LIKE * len(mine | self._runs[place]) for place in near)

    def add(self, paragraph: str) -> None:
        """Remember a paragraph."""
        self._runs.append(_runs(paragraph))
        for run in self._runs[-1]:
            self._places.setdefault(run, []).append(len(self._runs) - 1)


def _runs(paragraph: str) -> frozenset[str]:
    words = re.findall(r"\w+", paragraph.lower())
    return frozenset(" ".join(words[place : place + 3]) for place in range(len(words) - 2))


def _new_post(subject: Subject, limit: int, said: _Said, rng: Random) -> str:
    for _ in range(TRIES):
        body = write_post(subject, limit, rng)
        paragraphs = [part for part in body.split("\n\n") if not part.startswith("#")]
        longer = [part for part in paragraphs if len(part.split()) >= REPEATABLE]
        if not any(map(said.has_like, longer)):
            break
    for paragraph in longer:
        said.add(paragraph)
    return body


def _write_post(site: Path, subject: Subject, place: int, body: str) -> None:
    path = site / "_posts" / f"{_date(place)}-{_slug(subject)}.md"
    path.write_text(f"---\ntitle: {subject.title}\ndate: {_date(place)}\n---\n\n{body}\n", encoding="utf-8")


def _article(place: int, rng: Random) -> dict[str, object]:
    subject = subjects()[place]
    text = write_prose(subject, 2, 1, rng)
    repeated = f"{subject.title}\n\n" if place % 3 else ""
    return {
        "title": subject.title,
        "text": repeated + text,
        "url": f"https://writer.example/p/{_slug(subject)}",
        "authors": ["Lea Novak"] if place % 2 else ["Sean O'Hara"],
        "timestamp": f"{_date(place)} 08:00:00.000000+00:00",
        "tags": [subject.domain.title()],
    }


def _news(place: int, rng: Random) -> dict[str, object]:
    subject = subjects()[place]
    return {
        "author": None,
        "title": subject.title,
        "description": write_prose(subject, 1, 0, rng).replace("\n\n", " ")
        + ("…The…" if place % 5 == 0 else ""),
        "url": f"https://news.example/{_slug(subject)}",
        "source": PUBLISHERS[place % len(PUBLISHERS)],
        "image": None,
        "category": "general",
        "language": "en",
        "country": "gb",
        "published_at": f"{_date(place)}T06:00:00+00:00",
    }


def _chat(place: int, rng: Random) -> dict[str, object]:
    subject = rng.choice(subjects())
    question = fill(rng.choice(talk().questions), subject, rng)
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": _answer(subject, rng)}]
    return {"prompt": question, "prompt_id": f"c{place:04}", "messages": turns}


def _answer(subject: Subject, rng: Random) -> str:
    patterns = rng.sample((*talk().sentences, *talk().patterns), 4)
    said = [say(pattern, subject, rng) for pattern in patterns]
    return f"{said[0]} {said[1]}\n\n{said[2]} {said[3]}"


def _date(place: int) -> str:
    return f"{2015 + place // 336}-{place // 28 % 12 + 1:02}-{place % 28 + 1:02}"


def _slug(subject: Subject) -> str:
    return re.sub(r"[^a-z0-9]+", "-", subject.title.lower()).strip("-")
