"""English contractions in full, wherever there is one reading only; possessives and the rest stay."""

import re

from train.prepare.wording.contracted_words import (
    ADVERBS,
    BASES,
    OBJECT,
    ONLY_HAS,
    PARTICIPLES,
    PLURAL,
    UNCLEAR,
)

MARK = "['\u2019\u02bc]"
HEAD, TAIL = r"(?<![\w'\u2019\u02bc-])", r"(?![\w'\u2019\u02bc-])"
PRONOUN = "I|you|he|she|it|we|they"
AUXILIARY = "are|ca|could|dare|did|do|does|had|has|have|is|might|must|need|ought|sha|should|was|were|wo|would"
NEXT = rf"(?:(?=\s+(?:(?:{ADVERBS})\s+)*(?P<next>[a-z]+)(?:\s+(?P<after>[a-z]+))?))?"
NEGATED = re.compile(rf"{HEAD}({AUXILIARY})(n){MARK}t{TAIL}(?:(\s+)({PRONOUN}){TAIL})?", re.IGNORECASE)
SUFFIXED = re.compile(rf"{HEAD}(\w+){MARK}(re|ve|ll|m){TAIL}", re.IGNORECASE)
WITH_S = re.compile(
    rf"{HEAD}(let|it|he|she|that|there|here|what|where|who|how){MARK}(s){TAIL}{NEXT}", re.IGNORECASE
)
WITH_D = re.compile(rf"{HEAD}({PRONOUN}|who|there|that){MARK}(d){TAIL}{NEXT}", re.IGNORECASE)
STEMS = {"ca": "can", "sha": "shall", "wo": "will"}
VERBS = {"re": "are", "ve": "have", "ll": "will", "m": "am"}
PEOPLE = frozenset({"he", "she", "who"})
HAS = frozenset(ONLY_HAS.split("|"))
HAD = frozenset(PARTICIPLES.split("|")) - frozenset(UNCLEAR.split("|"))
EITHER = frozenset(UNCLEAR.split("|"))
REGULAR = frozenset(BASES.split("|"))
OBJECTS, SEVERAL = frozenset(OBJECT.split("|")), frozenset(PLURAL.split("|"))
ASKING = re.compile(r"(?:^|[,;:]|\b(?:how|what|when|where|why))\W*$", re.IGNORECASE)


def expand(text: str, is_question: bool) -> str:
    """A stretch of a sentence with its contractions in full."""
    text = NEGATED.sub(lambda found: _negated(found, is_question), text)
    text = SUFFIXED.sub(lambda found: f"{found[1]} {_cased(VERBS[found[2].lower()], found[2])}", text)
    return WITH_D.sub(_with_d, WITH_S.sub(_with_s, text))


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word


def _negated(found: re.Match[str], is_question: bool) -> str:
    stem, letter, space, pronoun = found.groups()
    full = _cased(STEMS.get(stem.lower(), stem), letter)
    full = stem[0] + full[1:]
    if pronoun and is_question:
        return f"{full}{space}{pronoun} {_cased('not', letter)}"
    if is_question and ASKING.search(found.string[: found.start()]):
        return found[0]  # "Isn't the …?": the "not" belongs further on
    joint = "" if stem.lower() == "ca" else " "
    rest = f"{space}{pronoun}" if pronoun else ""
    return f"{full}{joint}{_cased('not', letter)}{rest}"


def _with_s(found: re.Match[str]) -> str:
    word, letter, following, after = found[1], found[2], (found["next"] or "").lower(), found["after"] or ""
    verb = "us" if word.lower() == "let" else _is_or_has(word.lower(), following, after.lower())
    return f"{word} {_cased(verb, letter)}" if verb else found[0]


def _is_or_has(word: str, following: str, after: str) -> str:
    if following in HAS:
        return "has"
    if following == "own" or (word == "there" and following in SEVERAL):
        return ""
    if following != "better" and _is_participle(following):
        return "" if word in PEOPLE or after in OBJECTS else "is"
    return "is"


def _with_d(found: re.Match[str]) -> str:
    word, letter, following = found[1], found[2], (found["next"] or "").lower()
    if (
        not following
        or following in EITHER
        or following in OBJECTS
        or following in PRONOUN.lower().split("|")
    ):
        return found[0]
    return f"{word} {_cased('had' if _is_participle(following) else 'would', letter)}"


def _is_participle(word: str) -> bool:
    return word in HAD or word in EITHER or (word.endswith("ed") and word not in REGULAR)
