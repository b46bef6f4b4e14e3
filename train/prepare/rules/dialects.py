"""Rules for what one Markdown dialect knows and others print: kramdown, Pandoc, Obsidian, WordPress."""

import re

from train.prepare.rules.inline_tags import line_before
from train.prepare.rules.spans import replaced, within_paragraph
from train.prepare.words import count

CONTENTS = re.compile(r"^[ \t]*(?:[-*+]|\d+\.)[ \t].*\n[ \t]*\{:[ ]?toc\b[^}\n]*\}[ \t]*$", re.MULTILINE)
BLOCK_ATTRIBUTES = re.compile(r"^[ \t>]*\{:[^{}\n]*\}[ \t]*$\n?", re.MULTILINE)
ATTRIBUTES = re.compile(
    r"\{:(?![^{}\n]*(?:=>|,[ ]))[^{}\n]*\}|\{::(?:options|nomarkdown)[^{}\n]*\}|\{:/\w*\}"
)
HEADING_ID = re.compile(r"^([ ]{0,3}#{1,6}[ \t].*?\S)[ \t]+\{[ ]*(?:[#.-])[^{}\n]*\}[ \t]*$", re.MULTILINE)
PAREN_ID = re.compile(r"^([ ]{0,3}#{1,6}[ \t].*?\S)[ \t]+\(#[\w-]+\)[ \t]*$", re.MULTILINE)
LINE_ID = re.compile(r"(?<=\S)[ \t]+\{#[\w-]+\}[ \t]*$", re.MULTILINE)
LINK_ATTRIBUTES = re.compile(r"(?<=[)\]])\{[ ]*(?:[#.:][\w-]|[\w-]+=)[^{}\n]*\}")
ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:.*$", re.MULTILINE)
DIV = re.compile(r"^:::+[ ]*(?:\{[^}\n]*\}|[\w-]*(?:[ ][\w-]+)?)?[ ]*$\n?", re.MULTILINE)
TOC_MARK = re.compile(
    r"^[ \t]*(?:\[\[?_?TOC_?\]?\]|\[toc\]|\{\{ ?TOC ?\}\}|\$toc|\{:toc\})[ \t]*$", re.MULTILINE
)
WIKI = re.compile(
    r"(!?)(?<![\w\]\[])\[\[(?=[^\s\[\]])([^\[\]\n|]*[^\W\d][^\[\]\n|]*)(?:\|([^\[\]\n]*))?\]\](?!\()"
)
CALLOUT = re.compile(r"^((?:>[ ]?)+)\[![A-Za-z][\w-]*(?:\|[^\]\n]*)?\][+-]?[ \t]*(.*)$\n?", re.MULTILINE)
CODES = (
    r"caption|gallery|youtube|vimeo|embed|audio|video|playlist|gist|tweet|twitter|soundcloud|googlemaps"
    r"|polldaddy|contact-form|slideshare|googleapps|bandcamp|spotify|instagram|wpvideo|dailymotion"
    r"|latexpage|toc|more"
)
SHORTCODE = re.compile(
    rf"\[/?(?:{CODES})\](?![(:\[])|\[(?:{CODES})[ =][^\]\n]{{0,600}}\](?![(:\[])"
    r"|\[/?[a-z][\w-]*(?:[ ]+[\w-]+=(?:\"[^\"\n\]]{0,300}\"|'[^'\n\]]{0,300}'"
    r"|&quot;[^\n\]]{0,300}?&quot;))+[ ]*/?\](?![(:\[])"
)
ESCAPED_CODE = re.compile(rf"\\\[(/?(?:{CODES})\b[^\[\]\n]{{0,600}}?)\\\]")
CLOSING = re.compile(r"\[/[a-z][\w-]*\](?![(:\[])")
CAPTION_TEXT = re.compile(r"\bcaption\s*=\s*(?:\"([^\"\n\]]+)\"|'([^'\n\]]+)')")
EMBED = re.compile(r"\[embed[^\]\n]*\]"), re.compile(r"\[/embed\]")
BETWEEN_WORDS = re.compile(r"(?<=\w)\\_(?=\w)")
NEEDLESS = re.compile(
    r"(?<=[^\s\\])\\([-.+#=>~\"'&,:;/@%?])|(?<!\\)\\([\"'&,:;/@%?=])|(?<=[^\s\\])\\(!)(?!\[)"
)
ESCAPED_BRACKETS = re.compile(r"(?<!\\)\\\[([^\[\]\n\\]{1,200})\\?\](?![(\[:])")
ESCAPED_UNDERSCORE = re.compile(r"(?<!\\)\\_")
ENDS_EMPHASIS = re.compile(r"(?<=[^\s_])_+(?!\w)")
NUMBERED = re.compile(r"^\s*\d+$")


def drop_attributes(prose: str) -> str:
    """Drop kramdown's and Pandoc's attribute lists, heading ids, abbreviations, generated contents."""
    if "{" in prose:
        kramdown = (CONTENTS, BLOCK_ATTRIBUTES, ATTRIBUTES) if "{:" in prose else ()
        for mark in (*kramdown, LINE_ID, LINK_ATTRIBUTES):
            prose = mark.sub("", prose)
        prose = HEADING_ID.sub(r"\1", prose)
    if "#" in prose and "(#" in prose:
        prose = PAREN_ID.sub(r"\1", prose)
    if ":" in prose and ":::" in prose:
        prose = DIV.sub("", prose)
    return ABBREVIATION.sub("", prose) if "[" in prose and "*[" in prose else prose


def open_wiki_links(prose: str) -> str:
    """Write a wiki's links and callouts as the words they show; drop embedded files and contents."""
    if "[" not in prose:
        return prose
    if "TOC" in prose or "toc" in prose:
        prose = TOC_MARK.sub("", prose)
    if "[!" in prose:
        prose = CALLOUT.sub(
            lambda match: f"{match[1]}**{match[2].rstrip()}**\n" if match[2].strip() else "", prose
        )
    return WIKI.sub(_said, prose) if "[[" in prose else prose


def _said(match: re.Match[str]) -> str:
    embedded, target, words = match.groups()
    if embedded:
        return ""
    return (words or target.replace("#", " ")).strip()


def drop_shortcodes(prose: str) -> str:
    """Drop WordPress's shortcodes; a caption keeps its words."""
    if "[" not in prose or "]" not in prose:
        return prose
    prose = (
        ESCAPED_CODE.sub(lambda match: f"[{match[1]}]".replace("\\_", "_"), prose)
        if "\\]" in prose
        else prose
    )
    if "[embed" in prose:
        prose = replaced(
            prose, within_paragraph(*EMBED, prose), lambda span: re.sub(r"\[/?embed[^\]\n]*\]", "", span)
        )
    opened = SHORTCODE.search(prose)
    prose = SHORTCODE.sub(_caption, prose) if opened else prose
    return CLOSING.sub("", prose) if opened and "[/" in prose else prose


def _caption(match: re.Match[str]) -> str:
    said = CAPTION_TEXT.search(match[0])
    words = next(filter(None, said.groups()), "") if said else ""
    return f"\n\n{words}\n\n" if count(words) else ""


def drop_needless_escapes(prose: str) -> str:
    """Drop backslashes that keep nothing from being markup."""
    if "\\" not in prose:
        return prose
    prose = ESCAPED_BRACKETS.sub(r"[\1]", BETWEEN_WORDS.sub("_", prose))
    if "\\_" in prose:
        prose = "\n".join(map(_with_bare_underscores, prose.split("\n")))
    return NEEDLESS.sub(_plain, prose)


def _with_bare_underscores(line: str) -> str:
    """The line without its escapes, if no underscore in it could end an emphasis."""
    bare = ESCAPED_UNDERSCORE.sub("_", line)
    return line if ENDS_EMPHASIS.search(bare) else bare


def _plain(match: re.Match[str]) -> str:
    character = match[1] or match[2] or match[3]
    line = line_before(match.string, match.start())
    return match[0] if character == "." and NUMBERED.match(line) else character
