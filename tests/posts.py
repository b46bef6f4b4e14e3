"""A post that is dirty, and its text when it is clean."""

from train.prepare.clean import clean
from train.prepare.document import Document
from train.sections import Clean


def post(text: str, title: str = "The Title") -> Document:
    return Document("blog/1", title, text, "1.md", "blog")


def cleaned(text: str, title: str = "The Title", wish: Clean | None = None) -> str:
    return clean(post(text, title), wish or Clean(heading=False))[0].text
