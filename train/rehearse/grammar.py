"""The rehearsal's English: posts with structure, and the prose an embedded base reads before it meets them."""

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
REPEATS = 0.3  # share of the corpus that is plain copying
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


def write_prose(subject: Subject, rng: Random) -> str:
    """A text without structure, in which every word and sign of a post occurs."""
    said = [sentence for section in grammar().sections for sentence in section.sentences]
    said += [*grammar().promise, *grammar().closing, *grammar().domains[subject.domain].tips]
    patterns = [rng.choice(grammar().naming), rng.choice(grammar().opening), rng.choice(grammar().marking)]
    paragraphs = [rng.sample(patterns, 3), *(rng.sample(said, 2) for _ in range(rng.randint(1, 2)))]
    return "\n\n".join(paragraph(patterns, subject, rng) for patterns in paragraphs)


@cache
def words() -> tuple[str, ...]:
    """Every word of the grammar, sorted."""
    return tuple(sorted(set(re.findall(r"[a-z]{2,}", SOURCE.read_text(encoding="utf-8")))))


def repeat(rng: Random) -> tuple[str, str]:
    """A request to say random words again, and the answer: it teaches a small model early to copy."""
    said = " ".join(rng.sample(words(), rng.randint(4, 12)))
    return f"Say it again: {said}.", f"I say it again: {said}."


def converse(rng: Random) -> Exchange:
    """One exchange of the corpus the base learns from."""
    system = rng.choice(grammar().systems)
    if rng.random() < REPEATS:
        return Exchange(system, *repeat(rng))
    subject = rng.choice(subjects())
    return Exchange(system, ask(subject.title, rng.choice((SHORT, LONG))), write_prose(subject, rng))


def corpus(seed: int) -> Iterator[Exchange]:
    """Exchanges without end, the same for the same seed."""
    rng = Random(seed)
    while True:
        yield converse(rng)
