"""Which commits and which engine write here, for people and for the page's scripts."""

import json
from html import escape
from typing import Any

from form import Form
from orders import BASE, Studio
from page import asks
from release import HUB, Release, Served


def footer(studio: Studio) -> str:
    """A line of links for each writer, and the engine's name."""
    lines = "".join(
        f"<p>{_line(each, len(studio.release.writers) > 1)}</p>" for each in studio.release.writers
    )
    return f"{lines}<p><span>Written by {escape(studio.engine)}</span></p>"


def _line(served: Served, several: bool) -> str:
    links = {
        "Adapter": _link("", served.adapter, served.adapter_revision),
        "Base": _link("", served.base, served.base_revision),
        "Dataset": _link("datasets/", served.dataset, served.dataset_revision),
    }
    title = f"{escape(served.title)}, version" if several else "Version"
    version = f"<span>{title} {escape(served.version)}</span>"
    return version + "".join(f"<span>{name} {link}</span>" for name, link in links.items())


def _link(folder: str, repo: str, commit: str) -> str:
    url = escape(f"{HUB}/{folder}{repo}/tree/{commit}")
    return f'<a href="{url}" target="_blank" rel="noopener">{escape(repo)}</a> <code>{commit[:7]}</code>'


def facts(studio: Studio) -> str:
    """What the scripts must know of the writers, as an element that nobody sees."""
    known = {each.name: _facts(studio, each, studio.forms[each.name]) for each in studio.release.writers}
    return f'<div hidden data-facts="{escape(json.dumps(known))}"></div>'


def _facts(studio: Studio, served: Served, form: Form) -> dict[str, Any]:
    return {
        "title": served.title,
        "message": form.message,
        "rewrites": form.rewrites,
        "inputs": {name: list(each.choices) for name, each in form.inputs.items()},
        "settings": list(asks.SETTINGS),
        "version": served.version,
        "adapter": served.adapter,
        "commits": {served.version: served.adapter_revision, BASE: served.base_revision},
        "base": served.base,
    }


def title(release: Release) -> str:
    """The page's name."""
    return release.writers[0].title if len(release.writers) == 1 else "Small writers"
