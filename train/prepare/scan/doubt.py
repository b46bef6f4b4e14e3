"""Whether what has a secret's shape is one, or a sample that somebody wrote by hand."""

import base64
import json
import re
from itertools import groupby, pairwise
from math import log2

SAMPLES = re.compile(
    r"example|sample|dummy|fake|placehold|your|xxxx|change.?me|replace|insert|redact|foobar|qwert|asdf"
    r"|abcdef|bcdefg|123456|234567|345678|456789|fedcba|654321|deadbeef|token|secret|passw|password|api_?key"
    r"|\.\.\.|%s|%\(",
    re.IGNORECASE,
)
TEMPLATE = re.compile(r"[<>{}…]|\*{3}|^\$|\$[{(]|^%|^#\{")
STOCK = (
    "contraseña contrasena clave motdepasse passwort passwd1 senha wachtwoord haslo parola usuario "
    "admin anonymous bar baz changeit changeme foo guest hunter2 letmein mypass mysecret none null "
    "p@ssw0rd p@ssword pass passw0rd passwd password postgres pwd qwerty redis root rootpass secret test "
    "test123 testing token toor user username xxx yourpassword"
)
WEAK = frozenset(STOCK.split())
SAMPLE_CLAIMS = re.compile(r"1234567890|john ?doe|example|foobar|some.{1,5}payload|hello|demo", re.IGNORECASE)
RUN = 5  # the same character so often in a row was typed by a person
FEW = 8  # different characters of a long token that was not drawn
LONG = 24
ENTROPY = 3.0  # bits a character, of what is only known by its name
CHANGES, MANY_CHANGES = 0.22, 0.4  # from letter to digit or from small to capital, a character
DIGIT, SMALL, CAPITAL, SIGN = range(4)


def drawn(secret: str) -> bool:
    """Whether a token could have come from a random generator, and is no documented sample."""
    distinct = len(set(secret))
    if distinct <= (FEW if len(secret) >= LONG else len(secret) // 3) or _sampled(secret):
        return False
    return max(len(list(same)) for _, same in groupby(secret)) < RUN


def drawn_mixed(secret: str) -> bool:
    """The same, of tokens that always hold capital and small letters."""
    body = secret.rpartition("_")[2]
    return any(map(str.islower, body)) and any(map(str.isupper, body)) and drawn(body)


def tangled(value: str) -> bool:
    """Whether a value without a known shape is as mixed as only drawn ones are."""
    kinds = [_kind(letter) for letter in value]
    if DIGIT not in kinds or (SMALL not in kinds and CAPITAL not in kinds) or not drawn(value):
        return False
    changes = sum(one != other for one, other in pairwise(kinds)) / len(value)
    enough = MANY_CHANGES if kinds.count(DIGIT) < 2 else CHANGES
    return changes >= enough and _entropy(value) >= ENTROPY


def chosen(password: str) -> bool:
    """Whether a password could be in use: not one of the words that stand for a password."""
    return (
        len(set(password)) > 3
        and password.lower() not in WEAK
        and not _sampled(password)
        and not _sampled(_decoded(password))
        and not re.fullmatch(r"[A-Z_]+|%\w+|\w*_(?:password|token|pass|pwd)", password)
    )


def strong(password: str) -> bool:
    """Whether a password next to its name is one that nobody writes in a sentence."""
    kinds = [_kind(letter) for letter in password]
    changes = sum(one != other for one, other in pairwise(kinds)) / len(password)
    return chosen(password) and len(set(kinds)) >= 3 and DIGIT in kinds and changes >= CHANGES


def strange(password: str) -> bool:
    """Whether a password that stands in no quotation marks can be no word of a sentence."""
    return strong(password) and tangled(password)


def _sampled(value: str) -> bool:
    return bool(SAMPLES.search(value) or TEMPLATE.search(value)) if value.isprintable() else False


def _kind(letter: str) -> int:
    if letter.isdigit():
        return DIGIT
    return (CAPITAL if letter.isupper() else SMALL) if letter.isalpha() else SIGN


def _entropy(value: str) -> float:
    shares = [value.count(letter) / len(value) for letter in set(value)]
    return -sum(share * log2(share) for share in shares)


def signed(token: str) -> bool:
    """Whether a JSON web token has a header that can be read, and is not the one that manuals show."""
    head, payload, _ = token.split(".")
    header, claims = _decoded(head), _decoded(payload)
    try:
        named = isinstance(json.loads(header), dict) and '"alg"' in header
    except ValueError:
        return False
    return named and not SAMPLE_CLAIMS.search(claims)


def authentic(value: str) -> bool:
    """Whether the value of a Basic authorization is a name and a password in use."""
    name, colon, password = _decoded(value).partition(":")
    return bool(colon and name) and password.isprintable() and " " not in password and chosen(password)


def coded(value: str) -> bool:
    """Whether a secret in base64 could have been drawn."""
    plain = _decoded(value).strip()
    return plain.isascii() and tangled(plain)


def _decoded(value: str) -> str:
    code = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode("utf-8")
    except ValueError:  # no base64, or no text in it
        return ""
