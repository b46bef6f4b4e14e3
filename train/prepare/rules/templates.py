"""Rules for what a site's generator fills in: Liquid, Hugo's shortcodes, Go's templates, MDX."""

import re
import textwrap
from collections.abc import Iterator
from functools import partial

from train.prepare.rules.spans import between, replaced, within_paragraph
from train.prepare.rules.verbatim import outside_verbatim
from train.prepare.words import count

GONE = "\ufdd2"  # where something was, until the line it stood on is tidied
Marks = tuple[re.Pattern[str], re.Pattern[str]]
HIGHLIGHTS: tuple[Marks, ...] = tuple(
    (re.compile(opener, re.IGNORECASE), re.compile(closer, re.IGNORECASE))
    for opener, closer in (
        (
            r"\{%-?[ ]*(?:highlight|codeblock|prism|code)\b[^%\n]*%\}",
            r"\{%-?[ ]*end(?:highlight|codeblock|prism|code)[ ]*-?%\}",
        ),
        (
            r"\{\{[<%][ ]*(?:highlight|code)\b[^\n]{0,300}?[>%]\}\}",
            r"\{\{[<%][ ]*/(?:highlight|code)[ ]*[>%]\}\}",
        ),
        (r"\[(?:source)?code\b[^\]\n(]*\](?!\()", r"\[/(?:source)?code\]"),
    )
)
LANGUAGE = re.compile(r"(?:highlight|codeblock|prism|code)\b[\s\[]*(?:lang(?:uage)?[:=])?[\"']?([\w+#.-]*)")
RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*")
RAW_MARKS = re.compile(r"\{%-?\s*raw\s*-?%\}"), re.compile(r"\{%-?\s*endraw\s*-?%\}")
COMMENTS: tuple[Marks, ...] = (
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"\{%-?\s*comment\s*-?%\}"), re.compile(r"\{%-?\s*endcomment\s*-?%\}")),
    (re.compile(r"\{::comment\}"), re.compile(r"\{:/(?:comment)?\}")),
    (re.compile(r"\{/\*"), re.compile(r"\*/\}")),
)
COMMENT_LINE = re.compile(r"^[ ]{0,3}\[(?://|comment|_|#)\]:[ ]*(?:#|<>)[ ].*$", re.MULTILINE | re.IGNORECASE)
SHORTCODE = re.compile(r"\{\{[<%]"), re.compile(r"[>%]\}\}")
TAG = re.compile(r"\{%"), re.compile(r"%\}")
OUTPUT = re.compile(r"(?<![$^_\\{}])\{\{(?![{}])"), re.compile(r"\}\}")
FORMULA = re.compile(r"\\[A-Za-z]+$")
CAPTION = re.compile(r"\b(?:caption|description|title)\s*=\s*(?:\"((?:[^\"\\]|\\.)+)\"|'([^']+)')")
FIGURE_LINE = re.compile(r"^!fig[ ].*$", re.MULTILINE)
GO_FIGURE = re.compile(r"\{\{-?\s*(?:Figure\w*)\s+\"((?:[^\"\\\n]|\\.)+)\"")
GONE_DEFINITION = re.compile(rf"^[ ]{{0,3}}\[([^\[\]\n]+)\]:[ \t]*{GONE}[ \t]*$", re.MULTILINE)
GONE_TARGET = re.compile(rf"(!?)\[([^\[\]\n]*)\]\([ \t]*{GONE}(?:[ \t]*\"[^\"\n]*\")?[ \t]*\)")
GONE_LINE = re.compile(rf"^[ \t]*(?:{GONE}[ \t]*)+$\n?", re.MULTILINE)
GONE_LEFT = re.compile(rf"(?<=[ ]){GONE}[ ]|{GONE}")
IMPORT = re.compile(
    r"(?:import\s+(?:[\w*{][\w\s,*{}$]{0,300}?\sfrom\s+)?['\"][^'\"\n]+['\"]"
    r"|export\s+\{[^}\n]*\}\s+from\s+['\"][^'\"\n]+['\"]);?[ \t]*"
)
EXPORT = re.compile(r"export\s+(?:const|let|default|function)\s")
SHORT_RAW = 10  # words; longer raw parts are prose that mentions a template


def fence_highlights(text: str) -> str:
    """Write highlighted code, whichever the notation, as fenced code."""
    braces = "{" in text and ("{%" in text or "{{" in text)
    if not braces and not ("[" in text and "code" in text):
        return text
    return outside_verbatim(_fence_all, text)


def _fence_all(prose: str) -> str:
    for marks in HIGHLIGHTS:
        prose = replaced(prose, between(*marks, prose), partial(_fenced, *marks))
    return prose


def _fenced(opener: re.Pattern[str], closer: re.Pattern[str], span: str) -> str:
    opening = opener.match(span)
    closing = next(closer.finditer(span), None)
    if opening is None or closing is None:
        return span
    language = LANGUAGE.search(opening[0])
    code = textwrap.dedent(RAW.sub("", span[opening.end() : closing.start()]).strip("\n"))
    fence = max(re.findall(r"^[ \t]*(`{3,})", code, re.MULTILINE), key=len, default="``") + "`"
    return f"\n\n{fence}{language[1] if language else ''}\n{code.rstrip()}\n{fence}\n\n"


def open_raw(text: str) -> str:
    """Take Liquid's raw marks away; the template they kept from being filled in becomes code."""
    if "{" not in text or "{%" not in text or "raw" not in text:
        return text
    return RAW.sub(
        "", outside_verbatim(lambda prose: replaced(prose, between(*RAW_MARKS, prose), _raw), text)
    )


def _raw(span: str) -> str:
    inner = RAW.sub("", span)
    if "{{" not in inner and "{%" not in inner:
        return inner
    if "\n" in inner.strip() and "\ufdd0" not in inner and "\ufdd1" not in inner:
        return f"\n\n```\n{inner.strip(chr(10))}\n```\n\n"
    whole = count(inner) <= SHORT_RAW and "`" not in inner and "\ufdd0" not in inner
    return f"`{inner.strip()}`" if whole else _pieces_as_code(inner)


def _pieces_as_code(prose: str) -> str:
    for marks in (TAG, OUTPUT):
        prose = replaced(prose, within_paragraph(*marks, prose), lambda piece: f"`{piece}`")
    return prose


def drop_comments(prose: str) -> str:
    """Drop comments: HTML's, Liquid's, kramdown's, JSX's and those written as link definitions."""
    for opener, closer in COMMENTS if "{" in prose or "<" in prose else ():
        prose = replaced(prose, between(opener, closer, prose), lambda _: "")
    return COMMENT_LINE.sub("", prose) if "]" in prose and "]:" in prose else prose


def drop_templates(prose: str) -> str:
    """Drop tags, outputs and shortcodes, but for captions; a link that loses its target keeps its words."""
    braces = "{" in prose and ("{{" in prose or "{%" in prose)
    if not braces and "!fig" not in prose:
        return prose
    prose = FIGURE_LINE.sub(lambda match: _caption(match[0]), prose)
    prose = replaced(prose, within_paragraph(*SHORTCODE, prose), _caption)
    prose = replaced(prose, within_paragraph(*TAG, prose), _caption)
    return _tidied(replaced(prose, _outputs(prose), _caption))


def _outputs(prose: str) -> Iterator[tuple[int, int]]:
    for start, end in within_paragraph(*OUTPUT, prose):
        if not FORMULA.search(prose[max(0, start - 20) : start]):
            yield start, end


def _caption(span: str) -> str:
    if span.startswith(("{{</*", "{{%/*")):
        return f"`{span.replace('/*', '', 1).replace('*/', '', 1)}`"
    match = GO_FIGURE.match(span) or (CAPTION.search(span) if " " in span else None)
    said = next(filter(None, match.groups()), "").replace('\\"', '"') if match else ""
    return f"{GONE}\n\n{said}\n\n{GONE}" if count(said) > 2 and "{" not in said else GONE


def _tidied(prose: str) -> str:
    lost = set(GONE_DEFINITION.findall(prose))
    prose = GONE_DEFINITION.sub("", prose)
    for label in sorted(lost):
        prose = prose.replace(f"][{label}]", f"]({GONE})")
    prose = GONE_TARGET.sub(lambda match: "" if match[1] else match[2], prose)
    return GONE_LEFT.sub("", GONE_LINE.sub("", prose))


def drop_imports(prose: str) -> str:
    """Drop MDX's imports and one-line exports, where whole paragraphs are nothing else."""
    if "port " not in prose or ("import " not in prose and "export " not in prose):
        return prose
    parts = re.split(r"(\n[ \t]*\n)", prose)
    return "".join(part for part in parts if not _is_import(part))


def _is_import(part: str) -> bool:
    lines = part.strip().splitlines()
    return bool(lines) and all(
        IMPORT.fullmatch(line) or (EXPORT.match(line) and line.rstrip().endswith(";")) for line in lines
    )
