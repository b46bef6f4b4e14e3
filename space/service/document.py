"""The description as a page for people: plain HTML that asks no other host for anything."""

import json
import re
from html import escape
from typing import Any

Schema = dict[str, Any]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 50rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; background: light-dark(#fff, #16181d); }
body { color: light-dark(#1f2328, #e6e8ec); } a { color: light-dark(#0b57d0, #a8c7fa); }
h1 { font-size: 1.9rem; margin: 0 0 .5rem; } h2 { margin: 3rem 0 .25rem; } h3 { margin: 1.5rem 0 .5rem; }
code, pre { font: .9em/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { padding: .9rem; white-space: pre-wrap; border: 1px solid #8888; border-radius: .5rem; }
dl { margin: 0; } dt { padding-top: .5rem; border-top: 1px solid #8885; } dd { margin: 0 0 .5rem; }
"""


def page(schema: Schema) -> str:
    """Every address with its fields, its answers and a request that works."""
    info, parts = schema["info"], schema["components"]["schemas"]
    title = f"{escape(info['title'])} {escape(info['version'])}"
    calls = [
        _call(method, path, call, parts)
        for path, at in schema["paths"].items()
        for method, call in at.items()
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>{title}: API</h1><p>{_said(info['description'])}</p>"
        '<p>For programs: <a href="openapi.json">openapi.json</a>. Back to <a href="./">the page</a>.</p>'
        f"{''.join(calls)}</main></body></html>"
    )


def _call(method: str, path: str, call: Schema, parts: Schema) -> str:
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    asked = "".join(_fields(parts[name]) for name in _names(body.get("schema", {})))
    answer = call["responses"]["200"]["content"]["application/json"]["schema"]
    answered = "".join(_fields(parts[name], required=False) for name in _names(answer))
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{_said(call['description'])}</p>"
        f"<pre>{escape(_curl(path, body))}</pre>{asked}<h3>Answer</h3>{answered}"
        f"{_events(call)}{_faults(call)}"
    )


def _fields(part: Schema, required: bool = True) -> str:
    needed = part.get("required", []) if required else []
    rows = "".join(
        f"<dt><code>{escape(name)}</code>{' (required)' if name in needed else ''}</dt>"
        f"<dd>{escape(_kind(field))}. {_said(field.get('description', ''))}</dd>"
        for name, field in part["properties"].items()
    )
    return f"<h3>{escape(part['title'])}</h3><dl>{rows}</dl>"


def _said(text: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _kind(field: Schema) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    item = f" of {_kind(field['items'])}" if "items" in field else ""
    said = [str(field.get("type", "")) + item]
    said += [f"one of {', '.join(map(str, field['enum']))}"] if "enum" in field else []
    said += [f"{word} {field[name]}" for name, word in LIMITS.items() if name in field]
    return ", ".join(said + ([f"default {json.dumps(field['default'])}"] if "default" in field else []))


LIMITS = {
    "const": "always",
    "minimum": "from",
    "exclusiveMinimum": "above",
    "maximum": "to",
    "maxLength": "at most this long:",
}


def _names(schema: Schema) -> list[str]:
    return [each["$ref"].rpartition("/")[2] for each in schema.get("oneOf", [schema]) if "$ref" in each]


def _curl(path: str, body: Schema) -> str:
    if not body:
        return f"curl $SPACE{path}"
    sent = json.dumps(next(iter(body["examples"].values()))["value"], ensure_ascii=False).replace(
        "'", r"'\''"
    )
    return (
        f'curl -N $SPACE{path} -H "Authorization: Bearer $TOKEN" \\\n'
        f"  -H 'Content-Type: application/json' \\\n  -d '{sent}'"
    )


def _events(call: Schema) -> str:
    stream = call["responses"]["200"]["content"].get("text/event-stream")
    if not stream:
        return ""
    return (
        f'<h3>As it grows</h3><p>With <code>"stream": true</code>:</p><pre>{escape(stream["example"])}</pre>'
    )


def _faults(call: Schema) -> str:
    rows = "".join(
        f"<dt>{status}</dt><dd>{_said(answer['description'])}</dd>"
        for status, answer in sorted(call["responses"].items())
        if status != "200"
    )
    return f"<h3>Otherwise</h3><dl>{rows}</dl>" if rows else ""
