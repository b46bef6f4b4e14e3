"""A CSV of invented articles, shaped like a scraped blogging site: columns, lengths, copies and dirt."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy

COLUMNS = ("title", "text", "url", "authors", "timestamp", "tags")
ENGLISH = """
the of and to a in is that it was for on with as be at by this have from or an they which you were her all
their has would there been if more when will no who so out up said what its about than into them can only
other time new some could these two may first then do any like my now over such our man me even most made
after also did many off before must well back through years much where your way down should because long
each just state people those too mr how little good world make very year still see own work men day get here
old between both life being under three never know same last another while us might great go come since
against right came take used himself few house use place during high without again home around small however
found part school every does water war
"""
GERMAN = """
der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er
hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur
bis mehr durch man sein wurde sei Haus Garten Wasser Morgen Abend Straße Schule Arbeit Leben Winter Sommer
Freund
"""
FRENCH = """
de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se le ce il sont mais comme
ou son avec nous cette été aussi leur bien peut ces entre sans lui elle même tout fait maison jardin eau
matin soir rue école travail vie hiver ami
"""
STEMS = """
walk paint build garden harvest letter bridge market window kitchen copper silver winter river mountain
signal motor engine pocket paper number pattern colour border corner season village doctor teacher driver
singer writer reader worker farmer baker hunter keeper runner planner builder camera record answer question
travel journey shadow mirror candle bottle button basket blanket carpet cotton summer autumn morning evening
shelter island harbour station ticket luggage weather thunder stream forest branch feather animal insect
creature balance measure model method theory science history culture fashion design detail budget profit
market contract office printer screen keyboard network server program function variable module system
process memory storage pressure temper contrast reason purpose effort failure success habit lesson chapter
sentence paragraph story novel poem rhythm melody
"""
PREFIXES = ("", "re", "un", "over", "under", "out", "inter", "pre", "post", "counter", "super", "half")
ENDINGS = (
    *("", "s", "ed", "ing", "er", "ers", "like", "less"),
    *("ful", "ness", "ly", "able", "ship", "hood", "y", "wise"),
)
FOREIGN = (GERMAN.split(), FRENCH.split())
BOILERPLATE = tuple(
    f"{opening} {middle} {closing}"
    for opening in (
        "If you enjoyed this piece",
        "If this story helped you",
        "When you liked what you read here",
    )
    for middle in ("please leave a few claps below and follow the author", "do share it with a friend or two")
    for closing in (
        "so that more people can find it and read it over their first coffee of the day.",
        "and sign up for the weekly letter, which comes every Friday with five things worth your time.",
        "because every reader helps a small publication like ours to stay free for everybody.",
    )
)
START = datetime(2019, 3, 1, tzinfo=UTC)


def write(path: Path, megabytes: int, seed: int = 7) -> int:
    """Write so many million bytes of articles; how many articles that was."""
    written = rows = 0
    earlier: list[str] = []
    rng = numpy.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for text in _texts(rng, earlier):
            title = " ".join(text.split(maxsplit=6)[:6]).strip(".,").capitalize()
            stamp = (START + timedelta(hours=int(rng.integers(26_000)))).isoformat(sep=" ")
            address = f"https://writer.example/p/{rows:06}"
            writer.writerow((title, text, address, "['Lea Novak']", stamp, "['Life', 'Work']"))
            rows, written = rows + 1, written + len(text.encode()) + 150
            if written >= megabytes * 1_000_000:
                return rows
    return rows


def _texts(rng: numpy.random.Generator, earlier: list[str]) -> Iterator[str]:
    vocabulary = _vocabulary(rng)
    while True:
        luck = rng.random()
        if luck < 0.05 and earlier:
            text = earlier[int(rng.integers(len(earlier)))]
            yield text if luck < 0.025 else _edited(text, rng)
            continue
        text = _article(rng, FOREIGN[int(rng.integers(2))] if luck > 0.97 else vocabulary)
        if len(earlier) < 2_000:
            earlier.append(text)
        yield text


def _vocabulary(rng: numpy.random.Generator) -> list[str]:
    made = [f"{before}{stem}{after}" for before in PREFIXES for stem in STEMS.split() for after in ENDINGS]
    return ENGLISH.split() + [made[place] for place in rng.permutation(len(made))]


def _article(rng: numpy.random.Generator, vocabulary: list[str]) -> str:
    parts = [_paragraph(rng, vocabulary) for _ in range(int(rng.integers(8, 24)))]
    luck = rng.random(5)
    if luck[0] < 0.4:
        parts.insert(len(parts) // 2, " ".join(_spoken(rng, vocabulary, 4)).capitalize())
    if luck[1] < 0.1:
        parts.append(BOILERPLATE[int(rng.integers(len(BOILERPLATE)))])
    if luck[2] < 0.15:
        parts[1] += (
            f" See https://writer.example/{parts[1][:3].strip()} or write to @novak #{parts[0][:3].strip()}."
        )
    if luck[3] < 0.05:
        parts[2] = f"<p>{parts[2]} <em>Really</em>, &amp; so on.<br/></p>"
    if luck[4] < 0.05:
        parts.insert(3, "Photo by Sean O'Hara on Unsplash")
    return "\n\n".join(parts)


def _paragraph(rng: numpy.random.Generator, vocabulary: list[str]) -> str:
    sentences = (_spoken(rng, vocabulary, int(each)) for each in rng.integers(6, 24, int(rng.integers(1, 5))))
    return " ".join(" ".join(each).capitalize() + "." for each in sentences)


def _spoken(rng: numpy.random.Generator, vocabulary: list[str], number: int) -> list[str]:
    """Few words often and many words seldom, as people speak."""
    places = (len(vocabulary) ** rng.random(number) - 1).astype(int)
    return [vocabulary[place] for place in places]


def _edited(text: str, rng: numpy.random.Generator) -> str:
    spoken = text.split(" ")
    for place in rng.integers(len(spoken), size=max(1, len(spoken) // 100)):
        spoken[place] = "otherwise"
    return " ".join(spoken)
