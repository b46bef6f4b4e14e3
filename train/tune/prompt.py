"""The one prompt: a recipe's words around a base's own chat template, and rows that TRL trains on."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from train.errors import StageError
from train.recipe import Recipe
from train.sections import Input
from train.tune.report import Golden

PLAIN = (  # for a base that has no template of its own
    "{{ bos_token }}{% for message in messages %}"
    "{{ message.content }}{{ eos_token if message.role == 'assistant' else '\\n\\n' }}{% endfor %}"
)
_FIXED_DATE = '{%- set date_string = "26 Jul 2024" -%}'  # or Llama 3.2 would write today's date
_ONE_REQUEST = """\
{%- set asked = messages | selectattr("role", "equalto", "user") | map(attribute="content") | list -%}
{%- if asked | length != 1 %}{{ raise_exception("This writer takes exactly one user message.") }}{% endif -%}
"""


def chat_template(recipe: Recipe, base_template: str | None) -> str:
    """A template that turns one user message and the recipe's inputs into the base's own format."""
    base = base_template or PLAIN
    system = f'[{{"role": "system", "content": {json.dumps(recipe.prompt.system)}}}] + '
    return (
        (_FIXED_DATE if "date_string" in base else "")
        + _ONE_REQUEST
        + f"{{%- set {recipe.message} = asked[0] -%}}\n"
        + f"{{%- set prompt -%}}{_keep_newlines(recipe.prompt.user)}{{%- endset -%}}\n"
        + f"{{%- set messages = {system if recipe.prompt.system else ''}"
        + '[{"role": "user", "content": prompt}] + '
        + '(messages | selectattr("role", "equalto", "assistant") | list) -%}\n'
        + base
    )


def _keep_newlines(template: str) -> str:
    """Chat templates are rendered with trim_blocks, which would eat a newline after `%}`."""
    return re.sub(r"(?<!-)%\}\n", '%}{{ "\\\\n" }}', template)


def row(recipe: Recipe, title: str, text: str, words: int) -> dict[str, Any]:
    """A prompt and its answer as TRL takes them; only the answer is learned."""
    return {
        "prompt": [{"role": "user", "content": title}],
        "completion": [{"role": "assistant", "content": text}],
        "chat_template_kwargs": wishes(recipe, {"words": words}),
    }


def wishes(recipe: Recipe, facts: Mapping[str, int]) -> dict[str, int | None]:
    """For each input with choices, the smallest that the text keeps; None if it keeps none."""
    chosen = {name: each.choices for name, each in recipe.inputs.items() if each.choices and name in facts}
    return {name: _smallest(choices, facts[name]) for name, choices in chosen.items()}


def _smallest(choices: Sequence[int], value: int) -> int | None:
    return min((choice for choice in choices if choice >= value), default=None)


def token_ids(tokenizer: Any, message: str, request: Mapping[str, str | int]) -> tuple[int, ...]:
    """The ids a request becomes: its message goes as the user, its other inputs go by name."""
    others = {name: value for name, value in request.items() if name != message}
    turn = [{"role": "user", "content": request[message]}]
    ids = tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=False, **others)
    return tuple(int(each) for each in ids)


def golden(recipe: Recipe, tokenizer: Any, titles: Sequence[str]) -> tuple[Golden, ...]:
    """Requests with their token ids, for everyone who loads the adapter to check."""
    requests = [
        {recipe.message: title} | dict(_nth_choices(recipe.inputs, place))
        for place, title in enumerate(titles)
    ]
    return tuple(Golden(each, token_ids(tokenizer, recipe.message, each)) for each in requests)


def _nth_choices(inputs: Mapping[str, Input], place: int) -> list[tuple[str, int]]:
    return [(name, each.choices[place % len(each.choices)]) for name, each in inputs.items() if each.choices]


def check_golden(tokenizer: Any, message: str, recorded: Sequence[Golden], fix: str) -> None:
    """Refuse a tokenizer that turns a recorded request into other token ids than training saw."""
    for each in recorded:
        if token_ids(tokenizer, message, each.inputs) != each.ids:
            what = f"The prompt for {each.inputs[message]!r} is not the one that training saw."
            raise StageError(what, fix=fix)
