"""The rehearsal's English: posts with structure, and the prose that the embedded base reads first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml
from pydantic import TypeAdapter

SOURCE = Path(__file__).parent / "samples" / "grammar.yaml"
SHORT, LONG = 80, 160  # the word limits a request may name
FIRST, LAST = 0.9, 0.2  # share of sentences that name their topic: to keep to it is learned first
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
    tips: tuple[str, ...]


@dataclass(frozen=True)
class Grammar:
    """All titles, sentences and domains."""

    titles: tuple[str, ...]
    opening: tuple[str, ...]
    promise: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    naming: tuple[str, ...]
    marking: tuple[str, ...]
    systems: tuple[str, ...]
    spans: tuple[str, ...]
    domains: dict[str, Domain]


@dataclass(frozen=True)
class Subject:
    """What a post is about."""

    title: str
    topic: str
    domain: str


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
        "topic": (subject.topic,),
        "people": (domain.people,),
        "place": (domain.place,),
        "task": domain.tasks,
        "trouble": domain.troubles,
        "tool": domain.tools,
        "span": grammar().spans,
        "heading": tuple(heading for section in grammar().sections for heading in section.headings),
    }
    return re.sub(r"\{(\w+)\}", lambda slot: rng.choice(choices[slot[1]]), pattern)


def paragraph(patterns: list[str], subject: Subject, rng: Random) -> str:
    """The patterns' sentences as one paragraph."""
    return " ".join(fill(pattern, subject, rng) for pattern in patterns)


def write_section(section: Section, tips: int, subject: Subject, rng: Random) -> str:
    """A heading and its paragraph: a sentence on the heading, then tips of the trade."""
    said = [rng.choice(section.sentences), *rng.sample(grammar().domains[subject.domain].tips, tips)]
    return f"## {rng.choice(section.headings)}\n\n{paragraph(said, subject, rng)}"


def write_post(subject: Subject, limit: int, rng: Random) -> str:
    """A post's body within a word limit: introduction, two or three sections, conclusion."""
    rich = int(limit > SHORT)
    opening = [rng.choice(grammar().opening), *rng.sample(grammar().promise, rich)]
    closing = rng.sample(grammar().closing, 1 + rich)
    sections = rng.sample(grammar().sections, 2 + rich)
    return "\n\n".join(
        [
            paragraph(opening, subject, rng),
            *(write_section(section, rich, subject, rng) for section in sections),
            f"## Conclusion\n\n{paragraph(closing, subject, rng)}",
        ]
    )


@cache
def sentences() -> tuple[str, ...]:
    """Every sentence pattern of a post or of prose, but for the tips of a trade."""
    parts = (grammar().opening, grammar().promise, grammar().closing, grammar().naming, grammar().marking)
    told = [sentence for section in grammar().sections for sentence in section.sentences]
    return (*(sentence for part in parts for sentence in part), *told)


@cache
def naming() -> tuple[str, ...]:
    """The sentence patterns that name their topic or title."""
    return tuple(sentence for sentence in sentences() if "{topic}" in sentence or "{title}" in sentence)


def write_prose(subject: Subject, named: float, rng: Random) -> str:
    """Some sentences without structure, a share of which name their topic."""
    any_of = sentences() + grammar().domains[subject.domain].tips
    chosen = [rng.choice(naming() if rng.random() < named else any_of) for _ in range(rng.randint(2, 4))]
    return paragraph(chosen, subject, rng)


def corpus(seed: str, texts: int) -> Iterator[Exchange]:
    """That many exchanges, the same for the same seed; the later ones name their topic less often."""
    rng = Random(seed)
    for place in range(texts):
        subject, system = rng.choice(subjects()), rng.choice(grammar().systems)
        asked = ask(subject.title, rng.choice((SHORT, LONG)))
        named = FIRST + (LAST - FIRST) * place / texts
        yield Exchange(subject, system, asked, write_prose(subject, named, rng))
