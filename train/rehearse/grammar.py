"""The rehearsal's English: posts with structure, and the prose that the embedded base reads first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeVar

import yaml
from pydantic import TypeAdapter

from train.prepare.words import count

SOURCE = Path(__file__).parent / "samples" / "grammar.yaml"
SHORT, LONG = 80, 160  # the word limits a request may name
LEAST, MOST = 0.68, 0.98  # how full a post's limit is
PREPOSITIONS = ("about", "at", "for", "from", "in", "of", "to", "with")
Item = TypeVar("Item")
SYSTEM = "You write clear blog posts in Markdown."


@dataclass(frozen=True)
class Section:
    """One part of a post: its possible headings and sentences."""

    headings: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Domain:
    """What people of one trade write about, and with which words."""

    people: str
    place: str
    topics: tuple[str, ...]
    tasks: tuple[str, ...]
    troubles: tuple[str, ...]
    tools: tuple[str, ...]


@dataclass(frozen=True)
class Diary:
    """One person's sentences, by their place in a page."""

    opening: tuple[str, ...]
    naming: tuple[str, ...]
    middle: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True)
class Grammar:
    """All titles, sentences and domains."""

    titles: tuple[str, ...]
    opening: tuple[str, ...]
    promise: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    naming: tuple[str, ...]
    titling: tuple[str, ...]
    marking: tuple[str, ...]
    diary: Diary
    systems: tuple[str, ...]
    friends: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    moments: tuple[str, ...]
    spans: tuple[str, ...]
    domains: dict[str, Domain]


@dataclass(frozen=True)
class Subject:
    """What a post is about."""

    title: str
    topic: str
    domain: str

    @property
    def theme(self) -> str:
        """The title without its topic: `How to care` of `How to care for iron pans`."""
        words = self.title.removesuffix(f" {self.topic}").split()
        return " ".join(words[:-1] if words[-1] in PREPOSITIONS else words)


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, as a base that follows instructions has read them."""

    subject: Subject
    system: str
    user: str
    answer: str


@cache
def grammar() -> Grammar:
    """The grammar of `samples/grammar.yaml`."""
    return TypeAdapter(Grammar).validate_python(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


@cache
def subjects() -> tuple[Subject, ...]:
    """Every title about every topic once, in a shuffled order that never changes."""
    found = [
        Subject(title.format(topic=topic), topic, name)
        for name, domain in sorted(grammar().domains.items())
        for topic in domain.topics
        for title in grammar().titles
    ]
    Random("subjects").shuffle(found)
    return tuple(found)


def ask(title: str, words: int) -> str:
    """The request for a post, as the recipes word it."""
    return f"{title}\n\nAt most {words} words."


def fill(pattern: str, subject: Subject, rng: Random) -> str:
    """The sentence a pattern makes about a subject."""
    domain = grammar().domains[subject.domain]
    choices: dict[str, tuple[str, ...]] = {
        "title": (subject.title,),
        "theme": (subject.theme,),
        "topic": (subject.topic,),
        "people": (domain.people,),
        "place": (domain.place,),
        "task": domain.tasks,
        "trouble": domain.troubles,
        "tool": domain.tools,
        "friend": grammar().friends,
        "name": grammar().names,
        "number": grammar().numbers,
        "when": grammar().moments,
        "span": grammar().spans,
        "heading": tuple(heading for section in grammar().sections for heading in section.headings),
    }
    return re.sub(r"\{(\w+)\}", lambda slot: rng.choice(choices[slot[1]]), pattern)


def paragraph(patterns: list[str], subject: Subject, rng: Random) -> str:
    """The patterns' sentences as one paragraph."""
    return " ".join(fill(pattern, subject, rng) for pattern in patterns)


def in_order(items: Sequence[Item], number: int, rng: Random) -> list[Item]:
    """That many of the items, in the order they stand in: what comes next can be learned."""
    return [items[place] for place in sorted(rng.sample(range(len(items)), number))]


def write_post(subject: Subject, limit: int, rng: Random) -> str:
    """A post's body within a word limit and not far below it: introduction, sections, conclusion."""
    while True:
        body = _draft(subject, int(limit > SHORT), rng)
        if LEAST * limit <= count(f"{subject.title} {body}") <= MOST * limit:
            return body


def _draft(subject: Subject, rich: int, rng: Random) -> str:
    """Two sections of a sentence each, or with `rich` three of two sentences."""
    parts = [
        f"## {rng.choice(section.headings)}\n\n"
        + paragraph(in_order(section.sentences, 1 + rich, rng), subject, rng)
        for section in in_order(grammar().sections, 2 + rich, rng)
    ]
    ending = f"## Conclusion\n\n{fill(rng.choice(grammar().closing), subject, rng)}"
    return "\n\n".join([_opening(grammar().naming, subject, rich, rng), *parts, ending])


def _opening(naming: Sequence[str], subject: Subject, rich: int, rng: Random) -> str:
    said = [rng.choice(grammar().opening), rng.choice(naming), *rng.sample(grammar().promise, rich)]
    return paragraph(said, subject, rng)


def write_prose(subject: Subject, middle: int, rich: int, rng: Random, marks: Sequence[str] = ()) -> str:
    """A text with as many parts in its middle, in a post's words and order, and without its form."""
    told = grammar()
    parts = [
        f"{rng.choice(section.headings)}: "
        + paragraph(in_order(section.sentences, 1 + rich, rng), subject, rng)
        for section in in_order(told.sections, middle, rng)
    ]
    ending = f"Conclusion: {fill(rng.choice(told.closing), subject, rng)}"
    return "\n\n".join([_opening((*told.naming, *marks), subject, rich, rng), *parts, ending])


def write_page(subject: Subject, middle: int, rng: Random) -> str:
    """A page of the diary, with that many sentences between how it begins and how it ends."""
    told = grammar().diary
    opening = paragraph([rng.choice(told.opening), rng.choice(told.naming)], subject, rng)
    told_next = paragraph(in_order(told.middle, middle, rng), subject, rng)
    return f"{opening}\n\n{told_next}\n\n{fill(rng.choice(told.closing), subject, rng)}"


def corpus(seed: str, texts: int) -> Iterator[Exchange]:
    """That many exchanges, the same for the same seed; who is asked for more words writes more."""
    rng = Random(seed)
    for _ in range(texts):
        subject, system = rng.choice(subjects()), rng.choice(grammar().systems)
        rich = rng.randrange(2)
        prose = write_prose(subject, 1 + rich, rich, rng, (*grammar().titling, *grammar().marking))
        yield Exchange(subject, system, ask(subject.title, (SHORT, LONG)[rich]), prose)
