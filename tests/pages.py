"""The pages that people read, taken apart: their commands, snippets, links and headings."""

import re
from dataclasses import dataclass
from pathlib import Path

from train.run import ROOT

WHOLE = re.compile(r"""(?:'[^']*'|"[^"]*"|[^'"\n])+""")  # a line, or several if a quoted word spans them
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """Without its blocks, on one line."""
        return FENCE.sub("", self.text).replace("\n", " ")

    def section(self, heading: str) -> str:
        """From a heading to the next one of its rank."""
        return self.text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]

    def blocks(self, language: str, heading: str = "") -> list[str]:
        text = self.section(heading) if heading else self.text
        return [each["text"] for each in FENCE.finditer(text) if each["language"] == language]

    def commands(self, heading: str = "") -> list[str]:
        """The command lines of its shell blocks, continued ones joined, without what is said of them."""
        joined = "\n".join(self.blocks("sh", heading)).replace("\\\n", " ")
        bare = "\n".join(re.split(r"\s+# ", line)[0] for line in joined.splitlines())
        return [line.replace("\n", " ").strip() for line in WHOLE.findall(bare) if line.strip()]

    @property
    def mentioned(self) -> list[str]:
        """The commands that stand in its sentences."""
        named = re.findall(r"`((?:python -m train|accelerate launch|make|git|hf|gh) [^`]+)`", self.prose)
        return [line for line in named if not re.search(r"[…<]|VERB", line)]

    @property
    def links(self) -> list[str]:
        """What its links and pictures lead to, elsewhere than on the web."""
        return sorted({each for each in re.findall(r"\]\(([^)\s]+)\)", self.prose) if "://" not in each})

    @property
    def anchors(self) -> set[str]:
        """Its headings as GitHub makes them addresses."""
        titles = re.findall(r"^#+ (.+)$", FENCE.sub("", self.text), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


README = Page(ROOT / "README.md")
DOCS = [Page(path) for path in sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [Page(ROOT / name) for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PAGES = [README, *DOCS, *OTHERS]
