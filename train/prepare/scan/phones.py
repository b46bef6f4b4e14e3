"""Phone numbers, by the way they are grouped, or because a word says so."""

import re

# A country's code, then groups.
INTERNATIONAL = re.compile(r"\+[1-9]")
# Two groups of three and one of four, as in North America; no area code begins with 0 or 1.
NORTH_AMERICAN = re.compile(
    r"(?:1[ .-])?(?:\([2-9]\d\d\)[ ]?[2-9]\d\d[ .-]\d{4}|[2-9]\d\d([ .-])[2-9]\d\d\1\d{4}"
    r"|[2-9]\d\d/[2-9]\d\d-\d{4})$"
)
# A trunk zero, then groups as in most of Europe, Asia and Australia.
NATIONAL = tuple(
    re.compile(pattern.replace("~", r"(?:[ ./-]|[ ]-[ ])"))
    for pattern in (
        r"0[1-9](?:~\d\d){4}$",
        r"\(?0[1-9]\)?~?(?!(?:19|20)\d\d~(?:19|20)\d\d$)\d{4}~\d{4}$",
        r"\(?0[1-9]\d{1,4}\)?~\d{3,4}~\d{3,4}$",
        r"\(?0[1-9]\d\d{0,2}\)?(?:~\d\d){3,4}$",
        r"\(0[1-9]\d{1,4}\)[ ]?\d{5,8}$",
        r"0[1-9]\d{1,3}(?:[ /]|[ ]?-[ ]?)\d{5,8}$",
        r"\(\d{2,3}\)[ ]?9?\d{4}~\d{4}$",
        r"0[1-9](?:[ /]|[ ]?-[ ]?)\d{7,8}$",
        r"\(?0[1-9]\)?~\d{3}~\d{4}$",
        r"\(?0[1-9]\d\)?~\d{3}~\d\d~\d\d$",
        r"[78]~\(?\d{3}\)?~\d{3}~\d\d~\d\d$",
        r"1[3-9]\d~\d{4}~\d{4}$",
        r"00[1-9]\d?\d?(?:~\d{1,5}){2,5}$",
    )
)
LABEL = re.compile(
    r"(?:\b(?:tele?(?:ph|f)?o?ne?|tel|t[ée]l|mobile?|m[óo]vil|handy|cell|fax"
    r"|whats ?app|sms|call(?: me| us)?(?: at| on)?"
    r"|text (?:me|us)(?: at| on)?|dial|ring(?: me| us)?(?: at| on)?"
    r"|phone number|phone=|wa\.me/|reach (?:me|us) (?:at|on))"
    r"|电话|手机|联系|微信|電話)"
    r"(?: (?:number|no|nr|is))?[.:]{0,2}[*_\"' (\[]{0,4}(?:tel:)?$",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"(?:\b(?:order|invoice|isbn|issn|doi|version|ref|reference|ticket|case|id|no|nr|number|part"
    r"|serial|sku|model|patent"
    r"|ean|upc|article|item|tracking|account|bug|issue|rfc|build|release|pmid|oclc|lot)\b[^\w]{0,3}|[#$€£¥=%]|/|\^)$",
    re.IGNORECASE,
)
DATE = re.compile(
    r"(?:19|20)\d\d\D?\d\d\D?\d\d|\d\d?\D\d\d?\D(?:19|20)\d\d|(?:19|20)\d\d\D{1,3}(?:19|20)\d\d"
)
CODE = re.compile(r"01 02 03|(?:0\d{3}[ ]?){2,}$")  # counted bytes, code points
RESERVED = re.compile(r"(?:1?\d{3})?55501\d\d$|44?0?7700900\d{3}$|0?7700900\d{3}$")
FEWEST, MOST = 8, 15  # digits of a number with its country's code
SHORTEST = 7  # digits, where a word says that it is a phone number
CONTEXT = 28


def is_phone(run: str, before: str) -> bool:
    """Whether a run of digits and what parts them, after the words `before`, is somebody's number."""
    digits = re.sub(r"\D", "", run)
    if not SHORTEST <= len(digits) <= MOST or RESERVED.search(digits) or len(set(digits)) < 3:
        return False
    if INTERNATIONAL.match(run):
        return len(digits) >= FEWEST and not digits.endswith("00000")
    if DATE.match(run):
        return False
    if LABEL.search(before):
        return True
    return not OTHER.search(before) and not CODE.match(run) and _is_grouped(run)


def _is_grouped(run: str) -> bool:
    return bool(NORTH_AMERICAN.match(run)) or any(each.match(run) for each in NATIONAL)
