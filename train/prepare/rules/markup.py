"""Rules for markup that is no Markdown, and for images, which text cannot show."""

import re

from train.prepare.rules.verbatim import outside_verbatim

WITHIN_PARAGRAPH = r"(?:(?!\n[ \t]*\n)[\s\S]){0,2000}?"  # bounded: many openers must not take forever
HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+([\w+#.-]+)[^%]*%\}[ \t]*\n?(.*?)\n?[ \t]*\{%-?\s*endhighlight\s*-?%\}", re.DOTALL
)
RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*")
RAW_LINE = re.compile(r"\{%-?\s*raw\s*-?%\}([^`\0\n]*?)\{%-?\s*endraw\s*-?%\}")
COMMENT = re.compile(
    r"<!--.*?-->"
    r"|\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}"
    r"|\{::comment\}.*?\{:/(?:comment)?\}",
    re.DOTALL,
)
LIQUID = re.compile(rf"\{{%{WITHIN_PARAGRAPH}%\}}|\{{\{{{WITHIN_PARAGRAPH}\}}\}}")
EMPTIED_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\([ \t]*\)")
CONTENTS = re.compile(r"^[ \t]*(?:[-*+]|\d+\.)[ \t].*\n[ \t]*\{:toc\}[ \t]*$", re.MULTILINE)
ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}|(?<=\S)[ \t]+\{#[\w-]+\}[ \t]*$", re.MULTILINE)
ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:.*$", re.MULTILINE)
IMAGE = r"(?:!\[[^\]\n]*\]\([^)\n]*\)|\[!\[[^\]\n]*\]\([^)\n]*\)\]\([^)\n]*\))"
IMAGE_LINE = re.compile(rf"^[ \t]*{IMAGE}(?:[ \t]*{IMAGE})*[ \t]*$", re.MULTILINE)


def fence_highlights(text: str) -> str:
    """Write Liquid's highlight blocks as fenced code."""
    return outside_verbatim(lambda prose: HIGHLIGHT.sub(_fenced, prose), text)


def _fenced(match: re.Match[str]) -> str:
    return f"\n```{match[1]}\n{RAW.sub('', match[2])}\n```\n"


def open_raw(text: str) -> str:
    """Take Liquid's raw marks away; what they kept from Liquid on one line becomes code."""
    return RAW.sub("", outside_verbatim(lambda prose: RAW_LINE.sub(_as_code, prose), text))


def _as_code(match: re.Match[str]) -> str:
    kept = match[1].strip()
    return f"`{kept}`" if LIQUID.search(kept) else match[1]


def drop_comments(text: str) -> str:
    """Drop comments: HTML's, Liquid's and kramdown's."""
    return outside_verbatim(lambda prose: COMMENT.sub("", prose), text)


def drop_liquid(text: str) -> str:
    """Drop Liquid's tags and outputs; a link that loses its target keeps its words."""
    return outside_verbatim(lambda prose: EMPTIED_LINK.sub(r"\1", LIQUID.sub("", prose)), text)


def drop_attributes(text: str) -> str:
    """Drop kramdown's attribute lists, heading ids, abbreviations and generated tables of contents."""
    return outside_verbatim(_without_attributes, text)


def _without_attributes(prose: str) -> str:
    for mark in (CONTENTS, ATTRIBUTES, ABBREVIATION):
        prose = mark.sub("", prose)
    return prose


def drop_image_lines(text: str) -> str:
    """Drop lines that hold nothing but images: a writer of text cannot show them."""
    return outside_verbatim(lambda prose: IMAGE_LINE.sub("", prose), text)
