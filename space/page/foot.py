"""Which commits and which engine write here, for people and for the page's scripts."""

import json
from html import escape
from typing import Any

from form import Form
from orders import BASE, Studio
from page import asks
from release import HUB, Served


def footer(studio: Studio) -> str:
    """The engine's name, and where programs ask."""
    calls = '<a href="docs" target="_blank" rel="noopener">For programs: the REST service</a>'
    return f"<p><span>Written by {escape(studio.engine)}</span><span>{calls}</span></p>"


def made_of(served: Served) -> str:
    """A writer's version, and links to its parts."""
    links = {
        "Adapter": _link("", served.adapter, served.adapter_revision),
        "Base": _link("", served.base, served.base_revision),
        "Dataset": _link("datasets/", served.dataset, served.dataset_revision),
    }
    version = f"<span>Version {escape(served.version)}</span>"
    return f"<p>{version}{''.join(f'<span>{name} {link}</span>' for name, link in links.items())}</p>"


def _link(folder: str, repo: str, commit: str) -> str:
    url = escape(f"{HUB}/{folder}{repo}/tree/{commit}")
    return f'<a href="{url}" target="_blank" rel="noopener">{escape(repo)}</a> <code>{commit[:7]}</code>'


def facts(studio: Studio) -> str:
    """What the scripts must know of the writers, as an element that nobody sees."""
    writers = [each for each in studio.release.writers if each.name in studio.forms]
    known = {each.name: _facts(each, studio.forms[each.name]) for each in writers}
    return f'<div hidden data-facts="{escape(json.dumps(known))}"></div>'


def _facts(served: Served, form: Form) -> dict[str, Any]:
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
