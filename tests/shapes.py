"""Tokenizers and chat templates in the shapes that bases have, each written for its one trait."""

from collections.abc import Sequence
from typing import Any

DATED = """\
{{- bos_token }}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "1 Jan 2024" %}
    {%- endif %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set instruction = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set instruction = "" %}
{%- endif %}
{{- "<|head|>system<|/head|>\\n\\n" }}
{%- if tools is not none %}{{- "Tools: " }}{{- tools | tojson }}{%- endif %}
{{- "Knowledge ends: December 2023\\nToday: " + date_string + "\\n\\n" + instruction + "<|eot|>" }}
{%- for message in messages %}
    {{- '<|head|>' + message['role'] + '<|/head|>\\n\\n' + message['content'] | trim + '<|eot|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|head|>assistant<|/head|>\\n\\n' }}{%- endif %}
"""
DAY_BY_DAY = """\
{{ bos_token }}{% macro today() %}{{ strftime_now("%A, %Y-%m-%d %H:%M") }}{% endmacro %}
{{- "It is " ~ today() ~ "." }}{% for message in messages %}
{{- "<|head|>" ~ message.role ~ "<|/head|>" ~ message.content ~ "<|eot|>" }}{% endfor %}
{%- if add_generation_prompt %}{{- "<|head|>assistant<|/head|>" }}{% endif %}
"""
SELF_INTRODUCED = """\
{%- if messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are a willing assistant.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == "user" or (message.role == "system" and not loop.first)
        or message.role == "assistant" %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""
TWO_ENDS = """\
{% for message in messages %}{% if message['role'] == 'system' and message['content'] %}
{{ '<|system|>\\n' + message['content'] + '<|end|>\\n' }}{% elif message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + '<|end|>\\n' }}{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\\n' + message['content'] + '<|end|>\\n' }}{% endif %}{% endfor %}
{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}
"""
NO_SYSTEM = """\
{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('No system role here') }}{% endif %}
{% for message in messages %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Take turns') }}{% endif %}
{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}
{{ '<turn>' + role + '\\n' + message['content'] | trim + '</turn>\\n' }}{% endfor %}
{% if add_generation_prompt %}{{ '<turn>model\\n' }}{% endif %}
"""
DEAF_TO_SYSTEM = """\
{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}
{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}
{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}
"""
TURNS_END_ALIKE = "{% for message in messages %}{{ message.content }}{{ eos_token }}{% endfor %}"
TEXTS = [
    "Tea is good.\n\n",
    "How to keep a notebook\n\n",
    "At most 80 words.\n\n",
    "# Tips\n\n",
    "a    b",
] * 9

SHAPES: dict[str, tuple[str | None, dict[str, Any]]] = {  # template, and the tokenizer's tokens
    "a dated one": (
        DATED,
        {"bos": "<|bos|>", "eos": "<|eot|>", "more": ["<|head|>", "<|/head|>", "<|spare_0|>", "<|spare_1|>"]},
    ),
    "one that tells the time": (
        DAY_BY_DAY,
        {"bos": "<|bos|>", "eos": "<|eot|>", "more": ["<|head|>", "<|/head|>"]},
    ),
    "one with words of its own": (
        SELF_INTRODUCED,
        {"eos": "<|endoftext|>", "more": ["<|im_start|>", "<|im_end|>"]},
    ),
    "one with two ends": (
        TWO_ENDS,
        {
            "bos": "<s>",
            "eos": "<|endoftext|>",
            "more": ["<|system|>", "<|user|>", "<|end|>", "<|assistant|>"],
            "swallows": True,
        },
    ),
    "one that refuses a system message": (
        NO_SYSTEM,
        {"bos": "<bos>", "eos": "<eos>", "more": ["<turn>", "</turn>"]},
    ),
    "one that drops a system message": (DEAF_TO_SYSTEM, {"bos": "<s>", "eos": "</s>"}),
    "one whose turns all end alike": (
        TURNS_END_ALIKE,
        {"bos": "<|endoftext|>", "eos": "<|endoftext|>"},
    ),
    "none, and one token for all": (None, {"bos": "<|endoftext|>", "eos": "<|endoftext|>"}),
    "none": (None, {"bos": "<s>", "eos": "</s>"}),
}
ENDS = {  # the token that ends an answer, where it is not the tokenizer's own end
    "one with words of its own": "<|im_end|>",
    "one with two ends": "<|end|>",
    "one that refuses a system message": "</turn>",
}


def tokenizer(shape: str) -> Any:
    """A byte-level tokenizer in this shape; two newlines at a text's end are one token, as in GPT-2's."""
    template, tokens = SHAPES[shape]
    return _made(template, **tokens)


def _made(
    template: str | None, eos: str, bos: str | None = None, more: Sequence[str] = (), swallows: bool = False
) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    names = list(dict.fromkeys([*filter(None, [bos]), eos, *more]))
    special = [AddedToken(name, special=True, rstrip=swallows, normalized=False) for name in names]
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    plain.train_from_iterator(TEXTS, trainer)
    plain.add_tokens([AddedToken("    ", normalized=False)])  # some tokenizers add runs of spaces
    made = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=plain, bos_token=bos, eos_token=eos, pad_token=eos
    )
    made.chat_template = template
    return made
