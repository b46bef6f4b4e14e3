"""The embedded Llama: it answers requests in a chat, with texts whose length follows the asked limit."""

from collections.abc import Iterable, Iterator
from typing import Any

from tokenizers import Regex, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from train.rehearse import grammar
from train.rehearse.base import Shape, Text, bytewise, whole

SPECIAL = ("<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
WORDS = r"\n+| ?\p{L}+(?:'\p{L}+)?| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"
CARD = """\
---
license: mit
language: en
library_name: transformers
pipeline_tag: text-generation
---

# Tiny Llama

A Llama of one million weights, trained for a minute on sentences from a small grammar. It stands in
for a real base where a release is rehearsed, and is good for nothing else.
"""


def texts(seed: str, number: int) -> Iterator[Text]:
    """Exchanges of the grammar in the words of the chat template."""
    for each in grammar.corpus(seed, number):
        request = f"<|bos|><|system|>\n{each.system}<|end|><|user|>\n{each.user}<|end|><|assistant|>\n"
        subject = each.subject
        yield Text(request, each.answer, (subject.topic, subject.title, subject.theme))


def tokenizer(read: Iterable[str]) -> Any:
    """A tokenizer with a chat template of its own."""
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    split = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(WORDS), "isolated"), to_bytes])
    pad, bos, end, *roles = SPECIAL
    made = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=bytewise(read, split, SPECIAL),
        pad_token=pad,
        bos_token=bos,
        eos_token=end,
        additional_special_tokens=roles,
    )
    made.chat_template = TEMPLATE
    return made


def model(tokenizer: Any) -> Any:
    """A Llama of one million random weights."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=whole(len(tokenizer)),
            hidden_size=128,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            initializer_range=0.08,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


LLAMA = Shape(texts, tokenizer, model, steps=200, rate=4e-3, seed=1, card=CARD)
