"""Numbers that say by themselves that they are right: IBAN, payment card, national ids."""

import re
from collections.abc import Iterator, Sequence

from train.prepare.scan.spans import Span

OF_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 "
    "DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 "
    "IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 "
    "MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 "
    "SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
LENGTHS = {each[:2]: int(each[2:]) for each in OF_IBANS.split()}
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}")
CARD = re.compile(
    r"(?:[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d\d([ -])\d{6}\2\d{5}|3[0689]\d\d([ -])\d{6}\3\d{4}"
    r"|[2-6]\d{13,15})(?![\w-]|[ .]\d(?!\d?/))"
)
ISSUERS = re.compile(
    r"4\d{15}|5[1-5]\d{14}"
    r"|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35[2-8]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
)
SSN = re.compile(r"(?!000|666|9|123-45|078-05|219-09)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-]|\.\d)")
CPF = re.compile(r"(\d{3})\.(\d{3})\.(\d{3})-(\d\d)(?![\w-])")
DRAWN = 4  # different digits; fewer are the numbers of manuals


def ibans(text: str, starts: Sequence[int]) -> Iterator[Span]:
    """Account numbers whose length and checksum are right."""
    for start in starts:
        found = IBAN.match(text, start - 2) if text[max(0, start - 2) : start].isupper() else None
        if not found:
            continue
        end = _end(found[0], LENGTHS.get(found[0][:2], 0))
        if (
            end
            and not text[found.start() - 1 : found.start()].isalnum()
            and _mod_97(re.sub("[ -]", "", found[0][:end])) == 1
        ):
            yield Span(found.start(), found.start() + end, "IBAN")


def _end(run: str, length: int) -> int:
    places = [place for place, letter in enumerate(run) if letter not in " -"]
    whole = 0 < length <= len(places)
    end = places[length - 1] + 1 if whole else 0
    return end if whole and (end == len(run) or run[end] in " -") else 0


def _mod_97(iban: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97


def cards_and_ids(text: str, start: int) -> Iterator[Span]:
    """The payment card or national number, if one begins at `start`, which follows no letter or digit."""
    if (found := CARD.match(text, start)) and _is_card(re.sub("[ -]", "", found[0])):
        yield Span(start, found.end(), "card")
    elif found := SSN.match(text, start) or _cpf(text, start):
        yield Span(start, found.end(), "national id")


def _is_card(digits: str) -> bool:
    if len(set(digits)) < DRAWN or digits.endswith("0000") or not ISSUERS.fullmatch(digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _cpf(text: str, start: int) -> re.Match[str] | None:
    found = CPF.match(text, start)
    digits = [int(digit) for digit in "".join(found.groups())] if found else []
    right = len(set(digits)) > 1 and all(
        sum(digit * weight for digit, weight in zip(digits, range(size + 1, 1, -1), strict=False))
        * 10
        % 11
        % 10
        == digits[size]
        for size in (9, 10)
    )
    return found if right else None
