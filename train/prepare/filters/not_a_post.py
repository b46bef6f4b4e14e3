"""What lies among posts and is none: instructions for agents, transcripts, placeholders, redirects."""

import re
from pathlib import PurePosixPath

FOR_AGENTS = frozenset(
    (
        "agents.md",
        "claude.md",
        "claude.local.md",
        "gemini.md",
        "copilot-instructions.md",
        "skill.md",
        ".cursorrules",
    )
)
AGENT_FOLDERS = frozenset((".claude", ".cursor", ".codex", ".gemini", ".windsurf", ".github"))
INSTRUCTIONS = re.compile(
    r"provides guidance to (?:claude|ai|warp|codex|gemini|github copilot|any )|\bclaude\.ai/code\b"
    r"|(?:guidance|instructions|guidelines) for (?:ai|llm|coding) (?:coding )?(?:agents|assistants)",
    re.IGNORECASE,
)
# One of them is in all that matches; letters that other alphabets have a like of are in none.
OF_INSTRUCTIONS = ("dance", "truct", "del", "claude")
ROLE = re.compile(
    r"\W*(?:#.*\s+)?(?:you are|act as) (?:an?|the) (?:[\w,-]+ ){0,5}"
    r"(?:assistant|agent|expert|writer|chatbot|model)\b",
    re.IGNORECASE,
)
TASK = re.compile(
    r"\b(?:your (?:task|job|role|goal)|the user|you (?:must|should|will)|do not|always|never)\b",
    re.IGNORECASE,
)
TURN = re.compile(
    r"^[#>*_ ]*(user|human|me|you said|you|assistant"
    r"|ai|chatgpt|chatgpt said|claude|gemini|copilot|bot)"
    r"[*_ ]*:[*_]*(?:\s|$)",
    re.IGNORECASE,
)
MACHINES = frozenset(("assistant", "ai", "chatgpt", "chatgpt said", "claude", "gemini", "copilot", "bot"))
TURNS = 4
HEAD = 1500  # characters in which instructions say what they are
LATIN = re.compile(
    r"\b(?:lorem|ipsum|dolor|sit|amet|consectetur|adipiscing|elit|sed|eiusmod|tempor|incididunt|labore|dolore"
    r"|magna|aliqua|veniam|quis|nostrud|ullamco|laboris|nisi|aliquip|commodo|consequat|duis|aute|irure|voluptate"
    r"|velit|esse|cillum|fugiat|nulla|pariatur|excepteur|sint|occaecat|cupidatat|proident|sunt|culpa|officia"
    r"|deserunt|mollit|laborum)\b",
    re.IGNORECASE,
)
FIRST_POSTS = re.compile(
    r"welcome to wordpress\.? this is your first post|this is your (?:very )?first post|welcome to \[?hexo"
    r"|this is an example page\. it.s different|find this post in your [`\"]?_posts|welcome to ghost\b"
    r"|(?:start here for a quick overview of|everything you need to know).{0,60}\bghost\b"
    r"|this is a (?:sample|dummy|test|placeholder) (?:blog )?post\b|your first post\b.{0,40}(?:edit|delete)"
    r"|replace this (?:text )?with your (?:own )?(?:content|text|post)|content (?:goes|will go) here",
    re.IGNORECASE | re.DOTALL,
)
SOON = re.compile(
    r"coming soon|under construction|stay tuned|work in progress|watch this space|check back (?:soon|later)"
    r"|more to come|\b(?:todo|tbd|tba|wip)\b|to be (?:written|announced|continued)|hello,? world",
    re.IGNORECASE,
)
MOVED = re.compile(
    r"http-equiv=[\"']?refresh|window\.location|redirect(?:s|ed|ing)? (?:you )?to\b|being redirected"
    r"|not redirected|(?:has|have|was) (?:now )?(?:been )?(?:moved|relocated) (?:to|here)\b|moved permanently"
    r"|(?:this|the) (?:post|page|article|entry|blog|site) (?:has|was|is) (?:now )?(?:been )?(?:moved|at)\b"
    r"|has a new (?:home|address)",
    re.IGNORECASE,
)
LINK = re.compile(r"!?\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])|<?https?://[^\s<>]+>?|\bwww\.\S+")
WORD = re.compile(r"\w")
STUB, SHORT, SAMPLE = 20, 60, 150  # words: of a stub, of a redirect, of the first post that a program writes
LATIN_SHARE = 0.3


def redirected(body: str, words: int) -> str | None:
    """Why a short text only sends its reader elsewhere, if it does."""
    if words > SHORT:
        return None
    if MOVED.search(body):
        return "redirect"
    return "only links" if LINK.search(body) and not WORD.search(LINK.sub("", body)) else None


def placeholder(body: str, words: int) -> str | None:
    """Why a text only keeps a place for one, if it does."""
    stub = words <= STUB and SOON.search(body)
    sample = words <= SAMPLE and FIRST_POSTS.search(body)
    latin = "ipsum" in body and len(LATIN.findall(body)) > LATIN_SHARE * words
    return "placeholder" if stub or sample or latin else None


def for_machines(text: str, origin: str) -> str | None:
    """Why a text speaks to a language model or is its talk, if that is so."""
    path = PurePosixPath(origin.lower())
    hidden = AGENT_FOLDERS.intersection(path.parts[:-1])
    head = text[:HEAD]
    folded = head.lower()
    instructs = any(part in folded for part in OF_INSTRUCTIONS) and INSTRUCTIONS.search(head)
    if path.name in FOR_AGENTS or hidden or instructs or (ROLE.match(head) and TASK.search(head)):
        return "instructions for agents"
    lines = [line for line in text.split("\n") if ":" in line]
    speakers = [found[1].lower() for line in lines if (found := TURN.match(line))]
    machine = sum(speaker in MACHINES for speaker in speakers)
    often = len(speakers) >= TURNS and len(text) < 3000 * len(speakers)
    return "chat transcript" if often and 2 <= machine <= len(speakers) - 2 else None
