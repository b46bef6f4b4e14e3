"""`${{ }}`: texts with expressions in them, and what these come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.actions import values
from tests.actions.values import Open, WorkflowError, as_text, is_true

Contexts = Mapping[str, Any]
Functions = Mapping[str, Callable[..., Any]]
_EXPRESSION = re.compile(r"\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>\|\||&&|[=!<>]=|[<>!()\[\].,*]))"
)
_WORDS = {"true": True, "false": False, "null": None}
_STATUS = re.compile(r"\b(success|failure|cancelled|always)\s*\(")
_PURE: Functions = {
    "contains": lambda where, what: (
        any(values.are_equal(each, what) for each in where)
        if isinstance(where, list)
        else as_text(what).lower() in as_text(where).lower()
    ),
    "startswith": lambda text, start: as_text(text).lower().startswith(as_text(start).lower()),
    "endswith": lambda text, end: as_text(text).lower().endswith(as_text(end).lower()),
    "format": lambda form, *given: as_text(form).format(*map(as_text, given)),
    "join": lambda many, by=",": as_text(by).join(map(as_text, many)),
    "tojson": values.as_json,
    "fromjson": lambda text: __import__("json").loads(as_text(text)),
}


def filled(value: Any, contexts: Contexts, functions: Functions) -> Any:
    """A value with every expression in it evaluated; a text that is one expression becomes its value."""
    if isinstance(value, Mapping):
        return {key: filled(each, contexts, functions) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, contexts, functions) for each in value]
    if not isinstance(value, str):
        return value
    if whole := _EXPRESSION.fullmatch(value.strip()):
        return evaluated(whole[1], contexts, functions)
    if "${{" in _EXPRESSION.sub("", value):
        raise WorkflowError(f"an expression does not end: {value}")
    return _EXPRESSION.sub(lambda found: as_text(evaluated(found[1], contexts, functions)), value)


def holds(condition: Any, contexts: Contexts, functions: Functions) -> bool:
    """Whether an `if` holds; without a word on the status it also asks for success."""
    text = as_text(True if condition is None else condition).strip()
    whole = _EXPRESSION.fullmatch(text)
    text = whole[1] if whole else text
    if not _STATUS.search(text):
        text = f"success() && ({text})"
    return is_true(evaluated(text, contexts, functions))


def evaluated(text: str, contexts: Contexts, functions: Functions) -> Any:
    """What one expression comes to."""
    reader = _Reader(_tokens(text), text, contexts, {**_PURE, **functions})
    value = reader.either()
    if reader.at < len(reader.tokens):
        raise WorkflowError(f"{reader.next!r} is too much in {text!r}")
    return value


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if not token:
            raise WorkflowError(f"{text[at:].strip()[:20]!r} makes no sense in {text!r}")
        found.append(token[0].strip())
        at = token.end()
    return found


@dataclass
class _Reader:
    """Reads tokens by the grammar's levels, and evaluates on the way."""

    tokens: list[str]
    text: str
    contexts: Contexts
    functions: Functions
    at: int = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        if self.next not in wanted:
            return ""
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise WorkflowError(f"{sign!r} is missing before {self.next!r} in {self.text!r}")

    def either(self) -> Any:
        value = self.both()
        while self.take("||"):
            other = self.both()
            value = value if is_true(value) else other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self.take("&&"):
            other = self.compared()
            value = other if is_true(value) else value
        return value

    def compared(self) -> Any:
        value = self.inverted()
        while sign := self.take("==", "!=", "<", "<=", ">", ">="):
            value = _compared(value, sign, self.inverted())
        return value

    def inverted(self) -> Any:
        return not is_true(self.inverted()) if self.take("!") else self.followed(self.single())

    def followed(self, value: Any) -> Any:
        while sign := self.take(".", "["):
            key = self.either() if sign == "[" else self.tokens[self.at]
            self.at += sign == "."
            if sign == "[":
                self.expect("]")
            value = list(value.values()) if key == "*" else self.member(value, key)
        return value

    def member(self, value: Any, key: Any) -> Any:
        if isinstance(value, list) and isinstance(key, str):  # behind a star: of each
            return [self.member(each, key) for each in value]
        if isinstance(value, list):
            return value[int(key)]
        if isinstance(value, Mapping) and key in value:
            return value[key]
        if isinstance(value, Open) or value is None:
            return None
        raise WorkflowError(f"{self.text.strip()!r}: there is no {key!r} among {sorted(value)}")

    def single(self) -> Any:
        token, self.at = self.next, self.at + 1
        if token == "(":
            value = self.either()
            self.expect(")")
            return value
        if token[:1] == "'":
            return token[1:-1].replace("''", "'")
        if re.fullmatch(r"-?\d+(\.\d+)?", token):
            return float(token) if "." in token else int(token)
        if token in _WORDS:
            return _WORDS[token]
        return self.called(token) if self.take("(") else self.context(token)

    def called(self, name: str) -> Any:
        given = []
        while self.next != ")":
            given.append(self.either())
            if not self.take(","):
                break
        self.expect(")")
        if name.lower() not in self.functions:
            raise WorkflowError(f"{name}() is not known here, in {self.text!r}")
        return self.functions[name.lower()](*given)

    def context(self, name: str) -> Any:
        if name not in self.contexts:
            raise WorkflowError(f"{name!r} is no context that {self.text.strip()!r} has where it stands")
        return self.contexts[name]


def _compared(left: Any, sign: str, right: Any) -> bool:
    if sign in ("==", "!="):
        return values.are_equal(left, right) is (sign == "==")
    first, second = values.as_number(left), values.as_number(right)
    orders = {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}
    return orders[sign]
