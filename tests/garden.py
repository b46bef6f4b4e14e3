"""A small Jekyll blog about a garden: posts put together from sentences written for it."""

from pathlib import Path
from random import Random

POSTS = 40
SUBJECTS = (
    "beans",
    "the old fence",
    "rain barrels",
    "snails",
    "the pear tree",
    "compost",
    "seed trays",
    "mint",
    "the toad",
    "leeks",
    "the north bed",
    "garlic",
    "nettles",
    "the cold frame",
    "plums",
    "straw",
    "the watering can",
    "chard",
    "wasps",
    "the path",
)
OPENINGS = ("What I learned about {}", "A year with {}")
HEADINGS = ("How it began", "What went wrong", "What I do now", "What it costs", "A day in {month}")
SENTENCES = (
    "In {month} I carried {number} buckets of {stuff} to the {place}.",
    "{name} said the {place} was too {quality} for {plant}, and she was right.",
    "The {plant} came up {quality} after {number} days beside the {place}.",
    "I had counted {number} {plant} seedlings before the {animal} found them.",
    "Nobody told me that {stuff} keeps a {place} {quality} until {month}.",
    "By {month} the {animal} had moved into the {place} for good.",
    "My notebook says {number} hours, most of them spent on {plant}.",
    "{name} lent me a {quality} spade and {number} bags of {stuff}.",
    "Under the {place} it stays {quality}, even late in {month}.",
    "We ate the first {plant} with {name} and {number} neighbours.",
    "A {quality} winter took {number} plants, all of them {plant}.",
    "I no longer put {stuff} near {plant}; the {animal} likes it there.",
)  # fmt: skip
WORDS = {
    "month": ("March", "April", "May", "June", "July", "September", "October", "November"),
    "number": ("three", "five", "seven", "nine", "eleven", "fourteen", "twenty", "thirty"),
    "stuff": ("leaf mould", "river sand", "wood ash", "old straw", "grass cuttings", "coffee grounds"),
    "place": ("shed", "south wall", "water butt", "lower gate", "hazel hedge", "stone step", "ditch"),
    "quality": ("damp", "warm", "heavy", "thin", "sour", "dry", "stubborn", "loose", "bright"),
    "plant": ("broad beans", "leeks", "chard", "garlic", "parsnips", "peas", "kale", "radishes"),
    "animal": ("blackbird", "hedgehog", "slug", "fox", "wren", "mole", "vole"),
    "name": ("Marta", "Mr. Oduya", "my sister", "Ines", "the postman", "Grandmother", "Tomas"),
}


def write(site: Path) -> None:
    rng = Random("garden")
    (site / "_posts").mkdir(parents=True)
    for number in range(POSTS):
        title = OPENINGS[number // len(SUBJECTS)].format(SUBJECTS[number % len(SUBJECTS)])
        head = f"---\nlayout: post\ntitle: {title}\n---\n\n"
        path = site / "_posts" / f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}-post-{number}.md"
        path.write_text(head + "\n\n".join(_parts(rng)) + "\n", encoding="utf-8")


def _parts(rng: Random) -> list[str]:
    parts = [_paragraph(rng)]
    for heading in rng.sample(HEADINGS, 3):
        parts += [f"## {_filled(heading, rng)}", _paragraph(rng)]
    return parts


def _paragraph(rng: Random) -> str:
    return " ".join(_filled(sentence, rng) for sentence in rng.sample(SENTENCES, 4))


def _filled(text: str, rng: Random) -> str:
    said = text.format(**{slot: rng.choice(words) for slot, words in WORDS.items()})
    return said[0].upper() + said[1:]
