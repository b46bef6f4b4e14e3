"""The numbers that a text names, in digits or in words, as values: "5,000" is "five thousand"."""

import re
from collections import Counter
from decimal import Decimal

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
VALUES = {word: Decimal(value) for value, word in enumerate(UNITS.split())}
VALUES |= {word: Decimal(10 * value) for value, word in enumerate(TENS.split(), 2)}
SCALES = {"hundred": Decimal(100), "thousand": Decimal(10**3), "million": Decimal(10**6)}
SCALES |= {"billion": Decimal(10**9), "trillion": Decimal(10**12)}
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
SMALL = "|".join(sorted(VALUES, key=len, reverse=True))
SCALE = "|".join(SCALES)
BELOW_TEN = "|".join(UNITS.split()[1:10])
COMPOUND = rf"(?:{'|'.join(TENS.split())})[- ](?:{BELOW_TEN})|{SMALL}"
HEAD = rf"(?:(?:{DIGITS}|\b(?:{COMPOUND})\b)(?:[- ](?:{SCALE})\b)*|\ba (?:{SCALE})\b)"
AFTER_SCALE = f"(?:{'|'.join(f'(?<={scale})' for scale in SCALES)})"
STARTS = r"(?:(?=\d)|\b(?=[aefhlnostz]))"  # a quick look first: at most places no number begins
NUMBER = re.compile(rf"{STARTS}{HEAD}(?:{AFTER_SCALE}(?: and)? {HEAD})*", re.IGNORECASE)
TOKEN = re.compile(rf"{DIGITS}|[a-z]+", re.IGNORECASE)


def numbers(text: str) -> Counter[Decimal]:
    """How often each value stands in `text`; a lone "one" is a pronoun as often as not, and left out."""
    spelt = (found[0].lower() for found in NUMBER.finditer(text) if found[0].lower() != "one")
    return Counter(map(_value, spelt))


def _value(spelt: str) -> Decimal:
    """What a number says, read as it is spoken: small ones are added, a scale takes what stands before it."""
    total = current = Decimal(0)
    for word in TOKEN.findall(spelt):
        if word == "hundred":
            current = max(current, Decimal(1)) * 100
        elif word in SCALES:
            total, current = total + max(current, Decimal(1)) * SCALES[word], Decimal(0)
        elif word in VALUES:
            current += VALUES[word]
        elif word[0].isdigit():
            current += Decimal(word.replace(",", ""))
    return total + current
