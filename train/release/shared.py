"""The page of a Space that several writers share: a release knows its own only, the pins know them all."""

from pathlib import Path

from cards import top
from cards.facts import Base, License, Version
from cards.own import with_own_section
from cards.render import space_card
from cards.space import Served, SpaceFacts
from train.release.part import Part
from train.release.payload import Files, text_file
from train.release.pins import NAME, Pins, Writer
from train.release.published.banner import CARD


def serving(part: Part, serves: Pins) -> Files:
    """What a Space holds that serves these: a release's own page names its one writer, this all of them."""
    files = {**part.files, NAME: text_file(serves.as_text())}
    if len(serves.writers) > 1:
        files[CARD] = text_file(card(_text(part.files), part.repository.id, serves))
    return files


def card(ours: str, space: str, serves: Pins) -> str:
    """The page for all writers, in the place of `ours`; what a person wrote in that stays.

    One without `sdk_version` was never written by a release, and stays as it is.
    """
    title = space.rpartition("/")[2].replace("-", " ").capitalize()
    gradio = str(top.read(ours).values.get("sdk_version", ""))
    if not gradio:
        return ours
    return with_own_section(ours, space_card(SpaceFacts(title, gradio, tuple(map(_served, serves.writers)))))


def _served(writer: Writer) -> Served:
    return Served(
        title=writer.title,
        version=Version(writer.version, writer.dataset, writer.adapter, None),
        base=Base(writer.base, writer.base_revision),
        license=License(writer.license or "unknown"),
        badges=writer.badges,
    )


def _text(files: Files) -> str:
    content = files[CARD].content
    return (content.read_bytes() if isinstance(content, Path) else content).decode()
