"""Addresses of persons and of their machines: e-mail and public IP."""

import ipaddress
import re
from collections.abc import Iterator, Sequence

from train.prepare.scan.spans import Span

LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"
LONGEST = 64  # characters before an @
DOMAIN = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}(?:xn--[a-z0-9-]{2,40}|[^\W\d_]{2,20})(?![\w@]|\.\w)"
)
RESERVED = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)$", re.IGNORECASE
)
ENDINGS = (
    "css gif gz html jpeg jpg js json jsx md mdx min pdf php png py rb rs scss sh svg ts tsx txt webp "
    "yaml yml zip"
)
FILES = frozenset(ENDINGS.split())
SERVICES = frozenset(("git", "hg", "svn"))
AT = r"(?:\(at\)|\[at\]|\{at\}|<at>|&#64;|&#x40;|&commat;|%40)"
DOT = r"(?:\(dot\)|\[dot\]|\{dot\}|<dot>|\.)"
SPELT = re.compile(AT, re.IGNORECASE)
SPELT_MARKS = tuple(  # a single sign is found several times as fast
    (next(sign for sign in mark if not sign.isalpha()), mark)
    for mark in ("at)", "at]", "at}", "at>", "AT)", "AT]", "&#", "&commat", "%40")
)
HOST = re.compile(
    rf"[ ]{{0,2}}[a-z0-9-]{{1,60}}(?:[ ]{{0,2}}{DOT}[ ]{{0,2}}[a-z0-9-]{{2,60}}){{1,4}}", re.IGNORECASE
)
SAID = re.compile(
    r"(?<![\w.-])[\w.+-]{1,64} at [a-z0-9-]{2,60}"
    r"(?: dot [a-z0-9-]{2,60})? dot (?:com|org|net|edu|gov|io|de|fr|uk|eu|me|ch|nl|info)\b",
    re.IGNORECASE,
)
QUAD = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w-]|\.[0-9])")
COLONS = re.compile(r":[0-9a-fA-F]{0,4}:")
HEX_RUN = "0123456789abcdefABCDEF:"
KNOWN = frozenset(
    (
        "1.1.1.1",
        "1.0.0.1",
        "8.8.8.8",
        "8.8.4.4",
        "9.9.9.9",
        "149.112.112.112",
        "208.67.222.222",
        "208.67.220.220",
    )
)
KNOWN_V6 = ("2606:4700:4700::", "2001:4860:4860::", "2620:fe::")
VERSION = re.compile(
    r"(?:\boid|\bv8|version|release|build|firmware|driver|kernel|section|chapter"
    r"|upgrad\w+|updat\w+|patch\w*|roll\w*|chrom\w+)\b[^\n]{0,12}$|(?:\bv|[a-z]/|§|[.\d] )$",
    re.IGNORECASE,
)
SMALL = 20  # all four numbers below it look like a version or a section
VARIETY = 4  # different characters; fewer are numbers of manuals
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")


def emails(text: str, typed: str) -> Iterator[Span]:
    """E-mail addresses, also those spelt for people only; not the ones of documentation."""
    place = text.find("@")
    while place >= 0:
        found = _email(text, place, place + 1, DOMAIN) if text[place + 1 : place + 2].isalnum() else []
        yield from found
        place = text.find("@", found[0].end if found else place + 1)
    if any(sign in typed and mark in typed for sign, mark in SPELT_MARKS):
        for at in SPELT.finditer(text):
            yield from _email(text, at.start(), at.end(), HOST)
    if " dot " in typed or " DOT " in typed:
        yield from (Span(found.start(), found.end(), "e-mail") for found in SAID.finditer(text))


def _email(text: str, at: int, after: int, domain: re.Pattern[str]) -> list[Span]:
    before = text[max(0, at - LONGEST) : at]
    before = before.rstrip(" ") if after - at > 1 else before
    local = before[len(before.rstrip(LOCAL)) :].lstrip(".%+-")
    host = domain.match(text, after)
    if not local or not host or _impersonal(text, local, host, at):
        return []
    start = at - (len(text[max(0, at - LONGEST) : at]) - len(before)) - len(local)
    return [Span(start, host.end(), "e-mail")]


def _impersonal(text: str, local: str, host: re.Match[str], at: int) -> bool:
    name = re.sub(rf"\s|{DOT}", ".", host[0].strip(), flags=re.IGNORECASE)
    before = text[max(0, at - len(local) - 3) : at - len(local)]
    handle_or_login = before.endswith(("@", "://", ":/"))
    return (
        handle_or_login
        or local.lower() in SERVICES
        or bool(RESERVED.match(name))
        or name.rpartition(".")[2].lower() in FILES
    )


def ips(text: str, starts: Sequence[int]) -> Iterator[Span]:
    """Public IP addresses; not private and documented ones, open resolvers, networks, versions."""
    for start in starts:
        found = QUAD.match(text, start)
        if found and _is_public(found[0]) and not _is_version(text, found):
            yield Span(found.start(), found.end(), "IP address")
    end = 0
    for found in COLONS.finditer(text) if ":" in text else ():
        if found.start() >= end:
            start, end = _hex_run(text, found)
            yield from _v6(text, start, end)


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.IPv4Address(address)
    except ipaddress.AddressValueError:
        return False
    return found.is_global and not found.is_multicast and address not in KNOWN


def _is_version(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 24) : found.start()]
    network = re.match(r"/\d", text[found.end() : found.end() + 2]) or found[0].endswith(".0")
    small = all(int(part) < SMALL for part in found[0].split("."))
    glued = before[-1:].isalnum() or before[-1:] in (".", "+", "-", "_")
    return glued or bool(network) or small or len(set(found[0])) < VARIETY or bool(VERSION.search(before))


def _hex_run(text: str, found: re.Match[str]) -> tuple[int, int]:
    before = text[max(0, found.start() - 40) : found.start()]
    after = text[found.end() : found.end() + 40]
    start = found.start() - len(before) + len(before.rstrip(HEX_RUN))
    return start, found.end() + len(after) - len(after.lstrip(HEX_RUN))


def _v6(text: str, start: int, end: int) -> Iterator[Span]:
    run = text[start:end].rstrip(":") if not text[start:end].endswith("::") else text[start:end]
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    if any(map(str.isalnum, around)) or "_" in around:
        return
    try:
        found = ipaddress.IPv6Address(run)
    except ipaddress.AddressValueError:
        return
    if (
        found in GLOBAL_V6
        and not run.startswith(KNOWN_V6)
        and found.is_global
        and not text.startswith("/", start + len(run))
    ):
        yield Span(start, start + len(run), "IP address")
