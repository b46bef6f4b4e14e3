"""The one prompt: a recipe's words around a base's own chat template, and rows that TRL trains on."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import TemplateError

from train.errors import StageError
from train.recipe import Recipe
from train.sections import Input
from train.tune.report import Golden

PLAIN = (  # for a base that has no template of its own
    "{{ bos_token }}{% for message in messages %}"
    "{{ message.content }}{{ eos_token if message.role == 'assistant' else '\\n\\n' }}{% endfor %}"
)
PROBE = "Zebras count quietly"
_FIXED_DATE = """\
{%- set date_string = "26 Jul 2024" -%}
{%- macro strftime_now(format) -%}
{{ format | replace("%d", "26") | replace("%B", "July") | replace("%b", "Jul") | replace("%m", "07") \
| replace("%Y", "2024") | replace("%y", "24") | replace("%A", "Friday") | replace("%a", "Fri") \
| replace("%H", "12") | replace("%M", "00") | replace("%S", "00") }}
{%- endmacro -%}
"""  # or some bases, Llama 3.2 among them, would write today's date
_ONE_REQUEST = """\
{%- set asked = messages | selectattr("role", "equalto", "user") | map(attribute="content") | list -%}
{%- if asked | length != 1 %}{{ raise_exception("This writer takes exactly one user message.") }}{% endif -%}
"""
_ANSWERS = """\
{%- set said = namespace(turns=[]) -%}
{%- for turn in messages if turn.role == "assistant" -%}
{%- set said.turns = said.turns + [{"role": "assistant", "content": plain(turn.content)}] -%}
{%- endfor -%}
"""


def dress(recipe: Recipe, tokenizer: Any) -> None:
    """Put the one prompt into a base's tokenizer, and the token that ends an answer as its end."""
    own = _own_template(tokenizer)
    tokenizer.chat_template = chat_template(
        recipe,
        own,
        _control_tokens(tokenizer, own),
        takes_system=own is None or _takes_system(tokenizer, own),
    )
    tokenizer.eos_token = tokenizer.convert_ids_to_tokens(_end(tokenizer))


def chat_template(
    recipe: Recipe, base_template: str | None, control: Sequence[str] = (), takes_system: bool = True
) -> str:
    """A template that turns one user message and the recipe's inputs into the base's own format.

    What a request says is data: the base's control tokens are no control tokens in it.
    """
    base = base_template or PLAIN
    system = recipe.prompt.system
    apart = f'[{{"role": "system", "content": {_quoted(system)}}}] + ' if system and takes_system else ""
    before = f"{{{{ {_quoted(system)} }}}}\n\n" if system and not takes_system else ""
    others = [name for name in recipe.inputs if name != recipe.message]
    return (
        (_FIXED_DATE if "date_string" in base or "strftime_now" in base else "")
        + _ONE_REQUEST
        + _plain(control)
        + f"{{%- set {recipe.message} = plain(asked[0]) -%}}\n"
        + "".join(
            f"{{%- set {name} = plain({name}) if {name} is string else {name} -%}}\n" for name in others
        )
        + f"{{%- set prompt -%}}{before}{_keep_newlines(recipe.prompt.user)}{{%- endset -%}}\n"
        + _ANSWERS
        + f'{{%- set messages = {apart}[{{"role": "user", "content": prompt}}] + said.turns -%}}\n'
        + base
    )


def _plain(control: Sequence[str]) -> str:
    """A macro that puts a space into every control token of a text."""
    steps = "".join(f" | replace({_quoted(each)}, {_quoted(each[0] + ' ' + each[1:])})" for each in control)
    return f"{{%- macro plain(text) -%}}{{{{ text{steps} }}}}{{%- endmacro -%}}\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _keep_newlines(template: str) -> str:
    """Chat templates are rendered with trim_blocks, which would eat a newline after `%}`."""
    return re.sub(r"(?<!-)%\}\n", '%}{{ "\\\\n" }}', template)


def _own_template(tokenizer: Any) -> str | None:
    own = tokenizer.chat_template
    return own.get("default") if isinstance(own, dict) else own


def _control_tokens(tokenizer: Any, template: str | None) -> list[str]:
    """What the tokenizer turns into a control token wherever it stands; numbered ones by how they begin."""
    added = tokenizer.added_tokens_decoder.values()
    known = {each.content for each in added if each.special or each.content in (template or "")}
    starts = {re.sub(r"(?<=\D{4})\d.*", "", each) for each in known if len(each) > 1 and not each.isspace()}
    return sorted(starts, key=lambda each: (-len(each), each))


def _takes_system(tokenizer: Any, template: str) -> bool:
    """Some bases refuse a system message, and some leave it out without a word."""
    turns = [{"role": "system", "content": PROBE}, {"role": "user", "content": "Hello"}]
    try:
        return PROBE in tokenizer.apply_chat_template(turns, chat_template=template, tokenize=False)
    except TemplateError:
        return False


def _end(tokenizer: Any) -> int:
    """The token that the template writes after an answer: training learns it, generation stops at it."""
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": PROBE}]
    whole = tokenizer.apply_chat_template(turns, tokenize=False)
    _, answered, after = whole.rpartition(PROBE)
    if not answered:
        what = "The base's chat template does not write the answer: nothing could be learned from it."
        raise StageError(what, fix="name another base in the recipe (model_name_or_path)")
    added = tokenizer.added_tokens_decoder.items()
    control = {number for number, each in added if not each.content.isspace()}
    ends = [each for each in tokenizer(after, add_special_tokens=False)["input_ids"] if each in control]
    return int(ends[0] if ends else tokenizer.eos_token_id)


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
