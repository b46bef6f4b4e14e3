"""Rules for paragraphs that are no prose: styles and scripts pasted as text, widgets, boilerplate."""

import re
from collections.abc import Callable

from train.prepare.outline import blocks
from train.prepare.tree import Block, rewritten
from train.prepare.words import count

LONGEST = 60  # words; a longer paragraph says more than its boilerplate
MOST = 500  # characters
SELECTOR = re.compile(r"\s*[.#@*a-zA-Z:][^;{}!?]{0,200}")
DECLARATION = re.compile(r"\s*[-\w]+\s*:[^{}]+|\s*/\*.*?\*/\s*|\s*")
SCRIPT = re.compile(
    r"google_ad_\w+|_gaq\b|_gat\b|gaJsHost|document\.write|//\s?<!\[CDATA\[|//\s?\]\]>|\(function\s?\("
    r"|\(adsbygoogle|"
    r"window\.\w+\s?=|var [\w$]+\s?=.*;$|<!--//|//-->|__tcfapi|fbq\(|gtag\(|ga\('"
)
WIDGET = re.compile(
    r"brought to you by .{0,20}\bquiz\w*|\bquizilla\b|take (?:this|the) (?:quiz|test)\b.{0,40}(?:at|@|>>|$)|"
    r"created (?:by|with) .{0,30}(?:quizgalaxy|quizfarm|gotoquiz|memegen)|take the .{0,40}(?:quiz|test)"
    r" (?:at|by|on) ",
    re.IGNORECASE,
)
COLLAPSED = re.compile(r"(?:\[[^\[\]\n]{1,40}\]:[^\[\]\n]{1,20}){3}")
MEDIA = r"photo|photograph|image|picture|illustration|cover|artwork|banner|screenshot"
STOCK = (
    r"unsplash|pexels|pixabay|flickr|getty|shutterstock|istock|i-stock|wikimedia|wikipedia|adobe stock"
    r"|canva|freepik|depositphotos|dreamstime|giphy|creative commons|cc[ -]by"
)
LETTER = (
    r"newsletter|mailing list|e-?mail list|podcast|rss(?: feed)?|substack|youtube|twitter|facebook|instagram"
    r"|linkedin|bloglovin|(?:my|our|this|the) (?:blog|channel|publication|feed)"
    r"|(?:e-?mail|weekly|free) updates"
)
ASKING = r"please\s+|also,?\s+|and\s+|don.t forget to\s+|make sure to\s+|be sure to\s+|you can\s+"
STRONG = re.compile(
    rf"(?:(?:featured|header|cover|top|title|lead|hero|main|feature"
    rf"|banner)\s+)?(?:{MEDIA})s?\s*(?:credits?|courtesy|source)\b.*"
    rf"|(?:(?:featured|header|cover|top|title|lead|hero|main|feature|banner)\s+)?(?:{MEDIA})s?\s*(?:by"
    rf"|from|via|:)\s.*\b(?:{STOCK})\b.*"
    rf"|(?:photo|image|picture|illustration)s? by [A-Z][\w.'-]*(?: [A-Z][\w.'-]*){{0,3}}\.?"
    rf"|(?:{ASKING})*(?:subscribe|sign up|join|register|follow)\b.{{0,30}}?\b(?:to|for|my|our|the|this|me|us"
    rf"|on|here|below)\b.{{0,30}}?\b(?:{LETTER})\b.{{0,80}}"
    rf"|(?:{ASKING})*(?:follow|clap for) (?:me|us|@\w+)\b.{{0,30}}\bfor more\b.{{0,60}}"
    r"|(?:please\s+)?(?:subscribe|sign up|follow me|follow us)(?: (?:below|here|now|today|for more))*[.!:]*"
    r"|(?:please\s+)?(?:like|share|clap|recommend|tweet|pin)\b(?:,?\s+(?:and\s+)?(?:like|share|clap"
    r"|comment|subscribe|follow|recommend))*\s*(?:this|it)(?:\s+(?:post|article|story|page|on|with|to|via"
    r"|using|your|friends|facebook|twitter|email|and|or|others?|everyone|social|media|if|you|enjoyed"
    r"|liked|found|useful|helpful|networks?)\b)*[.!:]*"
    r"|if you (?:enjoyed|liked|loved|found|like|enjoy)\b (?:this|reading|my|the|what|it|our)\b.{0,60}"
    r"\b(?:clap|claps|share|follow|subscribe|recommend|heart|newsletter|tap|hit|press|click|\U0001f44f)\b.{0,160}"
    r"|(?:please\s+)?(?:hit|press|click|tap|smash|hold|give)\b.{0,40}(?:clap|claps|\U0001f44f|like button"
    r"|heart|subscribe|follow button|recommend)\b.{0,120}"
    r"|(?:this (?:post|article|story|piece|essay|entry)\s+)?(?:was\s+|is\s+)?(?:originally|first"
    r"|previously)\s+(?:published|posted|appeared|written|featured)\s+(?:at|on|in|by|for|here)\b.{0,120}"
    r"|(?:this (?:post|article|story|piece|essay|entry) (?:was |is |has been )?|also )?cross-?posted"
    r" (?:to|at|from|on|in)\b.{0,120}"
    r"|the post .{1,160} (?:first )?appeared (?:first )?on .{1,80}"
    r"|(?:click to (?:share|email|print)\b.{0,80}|share this:?|like this:?|like loading\.*|loading\.\.\."
    r"|related:?|advertisements?|sponsored|sponsored content|report this ad)"
    r"|(?:leave a (?:comment|reply)|post a comment|view all posts by\b.{0,60}|comments are closed|no"
    r" comments(?: yet)?|read more\W*|continue reading\b.{0,80}|filed under:?\b.{0,80}|posted"
    r" in\b.{0,60}\||tagged:?\s.{0,80}|print this)"
    r"|(?:follow|find|connect with|reach) (?:me|us)\b(?: (?:on|at|out|over))*.{0,20}\b(?:twitter|facebook"
    r"|instagram|linkedin|medium|youtube|github|mastodon|social media)\b.{0,120}",
    re.IGNORECASE,
)
NEUTRAL = re.compile(
    r"(?:thanks|thank you)(?: so much| very much| again)?(?: for reading| for your time)?[.!]*|(?:see you"
    r"|until) (?:next time|soon)[.!]*|cheers[.!]*|\W*",
    re.IGNORECASE,
)
# What such a paragraph can begin with: all others are not looked at.
OPENING = re.compile(
    rf"\W*(?:{MEDIA}|featured?|header|top|title|lead|hero|main|please|also|and|don.t|make|be|you"
    rf"|subscribe|sign|join|register|"
    r"follow|like|share|clap|recommend|tweet|pin|if|hit|press|click|tap|smash|hold|give|this|was|is"
    r"|originally|first|previously|"
    r"cross|the post|loading|related|advert|sponsor|report|leave|post|view|comments|no|read|continue"
    r"|filed|tagged|print|find|"
    r"connect|reach|thank|see|until|cheers)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)*_]*\s+(?=\S)")
DRESS = re.compile(
    r"[*_>#~`\u2190-\u21ff\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+|\[([^\[\]]*)\]\([^()]*\)|<[^<>]*>"
)


def drop_pasted_code(text: str) -> str:
    """Drop paragraphs that are nothing but a style sheet or a tracking script."""
    held = ("{" in text and "}" in text) or "google_ad" in text or "CDATA" in text or "_ga" in text
    return (
        _without(text, lambda block: _is_styles(block.content) or _is_script(block.content)) if held else text
    )


def _is_styles(paragraph: str) -> bool:
    if not paragraph.rstrip().endswith("}") or ":" not in paragraph:
        return False
    *rules, rest = paragraph.split("}")
    return not rest.strip() and all(not rule.strip() or _is_style(rule) for rule in rules)


def _is_style(rule: str) -> bool:
    selector, brace, declared = rule.rpartition("{")
    parts = [part for part in declared.split(";") if part.strip()]
    if not brace or not parts or not all(DECLARATION.fullmatch(part) for part in parts):
        return False
    return all(SELECTOR.fullmatch(each) for each in selector.split("{"))


def _is_script(paragraph: str) -> bool:
    lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
    marked = [bool(SCRIPT.match(line)) for line in lines]
    ended = [bool(mark) or line[-1] in ";{})" for mark, line in zip(marked, lines, strict=True)]
    return any(marked) and all(ended)


def drop_widgets(text: str) -> str:
    """Drop what a quiz or a rating left behind."""
    taken = "ake th" in text and ("Take th" in text or "take th" in text)
    held = taken or "uiz" in text or ("]" in text and "]:" in text)
    return _without(text, _is_widget) if held else text


def _is_widget(block: Block) -> bool:
    return count(block.content) <= LONGEST and bool(
        WIDGET.search(block.content) or COLLAPSED.search(block.content)
    )


def drop_boilerplate(text: str) -> str:
    """Drop paragraphs of photo credits, calls to subscribe or share, and notes of first publication."""
    return _without(text, _is_boilerplate)


def _is_boilerplate(block: Block) -> bool:
    if len(block.content) > MOST or not OPENING.match(block.content):
        return False
    said = " ".join(DRESS.sub(r"\1", block.content).split()).strip(" ()[]\u2014\u2013-|:")
    strong = False
    for sentence in SENTENCE.split(said):
        if STRONG.fullmatch(sentence):
            strong = True
        elif not NEUTRAL.fullmatch(sentence):
            return False
    return strong


def _without(text: str, is_residue: Callable[[Block], bool]) -> str:
    found = [block for block in blocks(text) if block.kind == "paragraph" and is_residue(block)]
    return rewritten(text, ((block, [""]) for block in found))
