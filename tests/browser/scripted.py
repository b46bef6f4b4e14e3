"""The page alone, over a studio whose texts are known in advance."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import page
import serving
from door import Door
from form import Decoding, Form, Input
from rates import Rates
from release import Release, Served
from tests.scripted_studio import ScriptedStudio

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TEXT = Path(__file__).with_name("text.md").read_text()
FORMAL = "We are not able to attend. However, Anna Berg would like to have all 12 notes at anna@example.org."
NATURAL = "We can't attend. But Anna Berg would like all the notes at anna@example.org."
DECODING = Decoding(max_new_tokens=400, temperature=0.7, top_p=0.9, repetition_penalty=1.05, seed=7)
BLOG = Form(
    "title",
    {
        "title": Input("Blog title", 200, ("How to keep a paper notebook", "What I learned from my bees")),
        "words": Input("Word limit", choices=(300, 600, 1000), default=600),
    },
    DECODING,
    (),
)
HUMANIZER = Form("formal", {"formal": Input("Formal text", 5000, (FORMAL,))}, DECODING, (), rewrites=True)
TITLES = {
    "blog": "Title to blog post",
    "humanizer": "Formal to natural",
    "news": "Headline to news text",
    "voice": "A post in your own voice",
    "medium": "Title to article",
}
FORMS = dict.fromkeys(TITLES, BLOG) | {"humanizer": HUMANIZER}


def studio(*names: str) -> ScriptedStudio:
    """A studio of these writers; the older version of the blog writer starts smaller."""
    writers = tuple(served(name) for name in names)
    texts = {"humanizer": NATURAL, "v0.1.0": TEXT.replace("Start with one page", "Start small")}
    return ScriptedStudio(Release(writers), {name: FORMS[name] for name in names}, TEXT, texts=texts)


def served(name: str) -> Served:
    pins = (f"rehearsal/{name}-adapter", COMMIT, "rehearsal/tiny-llama", COMMIT)
    return Served(name, TITLES[name], "v0.2.0", *pins, f"rehearsal/{name}-dataset", COMMIT)


@contextmanager
def opened(known: ScriptedStudio, rates: Rates) -> Iterator[str]:
    """The address of the page over this studio, for as long as the block lasts."""
    door = Door(known, rates)
    demo = page.build(door)
    try:
        yield serving.launch(demo, door)
    finally:
        demo.close(verbose=False)
