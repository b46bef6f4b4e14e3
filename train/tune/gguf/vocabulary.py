"""A tokenizer as llama.cpp takes it: its pieces, their kinds, and how text is cut before they apply."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gguf
from gguf import TokenType

from train.tune.gguf.errors import NoGgufError

_LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_THREE_DIGITS, _ONE_DIGIT = _LETTERS + r"\p{N}{1,3}" + _REST, _LETTERS + r"\p{N}" + _REST
# llama.cpp knows cuts by the name of a model that has them; (pattern, whole words skip the merges) -> name
CUTS = {
    ("ByteLevel", False): "gpt-2",
    ("Digits ByteLevel", False): "smollm",
    (_ONE_DIGIT, False): "qwen2",
    (_THREE_DIGITS, False): "dbrx",
    (_THREE_DIGITS, True): "llama-bpe",
}
NEAREST_CUT = "bloom"  # the longest pieces: within them only merges apply that the tokenizer has, as ever


@dataclass(frozen=True)
class Vocabulary:
    """The pieces of a tokenizer in the order of their ids."""

    model: str  # "gpt2": byte-level BPE; "llama": SentencePiece's
    cut: str
    cut_is_known: bool  # if not, llama.cpp cuts some texts otherwise, and must be given token ids
    tokens: tuple[str, ...]
    kinds: tuple[int, ...]
    scores: tuple[float, ...]
    merges: tuple[str, ...]


def vocabulary(backend: str, size: int) -> Vocabulary:
    """The pieces in `tokenizer.json`, filled up to the model's `size`."""
    read = json.loads(backend)
    model = read["model"]
    if model["type"] != "BPE":
        raise NoGgufError(f"There is no GGUF for a tokenizer of the type {model['type']}, only for BPE.")
    added = {each["id"]: each for each in read["added_tokens"]}
    pieces = {place: piece for piece, place in model["vocab"].items()}
    pieces |= {place: each["content"] for place, each in added.items()}
    if max(pieces) >= size:
        raise NoGgufError(f"The tokenizer has {max(pieces) + 1} tokens, the model {size}.")
    sentencepiece = bool(model.get("byte_fallback"))
    kinds = tuple(int(_kind(place, pieces, added, model)) for place in range(size))
    merges = tuple(each if isinstance(each, str) else " ".join(each) for each in model["merges"])
    tokens = tuple(pieces.get(place, f"[PAD{place}]") for place in range(size))
    if sentencepiece:
        return Vocabulary("llama", "default", True, tokens, kinds, _scores(tokens, merges), ())
    name = CUTS.get((_cut(read["pre_tokenizer"]), bool(model.get("ignore_merges"))))
    return Vocabulary("gpt2", name or NEAREST_CUT, name is not None, tokens, kinds, (), merges)


def _kind(
    place: int, pieces: Mapping[int, str], added: Mapping[int, Mapping[str, Any]], model: Mapping[str, Any]
) -> TokenType:
    if place not in pieces:
        return TokenType.UNUSED
    if model.get("byte_fallback") and pieces[place] == model.get("unk_token"):
        return TokenType.UNKNOWN
    if place in added:
        return TokenType.CONTROL if added[place]["special"] else TokenType.USER_DEFINED
    is_byte = model.get("byte_fallback") and len(pieces[place]) == 6 and pieces[place].startswith("<0x")
    return TokenType.BYTE if is_byte else TokenType.NORMAL


def _scores(tokens: Sequence[str], merges: Sequence[str]) -> tuple[float, ...]:
    """llama.cpp joins the pair whose whole scores highest: the sooner it is merged, the higher."""
    ranks: dict[str, int] = {}
    for rank, merge in enumerate(merges):
        ranks.setdefault(merge.replace(" ", "", 1), rank)
    return tuple(-float(ranks.get(token, len(merges))) for token in tokens)


def _cut(before: Mapping[str, Any] | None) -> str:
    """The one pattern, or the steps, by which text is cut."""
    steps = [] if before is None else before.get("pretokenizers", [before])
    patterns = [each["pattern"].get("Regex", "") for each in steps if each["type"] == "Split"]
    if patterns:
        return patterns[0] if len(patterns) == 1 and len(steps) == 2 else "several patterns"
    return " ".join(each["type"] for each in steps if each.get("use_regex", True))


def describe(writer: gguf.GGUFWriter, tokenizer: Any, size: int) -> Vocabulary:
    """Write the tokenizer into a GGUF file's head; what was written."""
    found = vocabulary(tokenizer.backend_tokenizer.to_str(), size)
    writer.add_tokenizer_model(found.model)
    writer.add_tokenizer_pre(found.cut)
    writer.add_token_list(found.tokens)
    writer.add_token_types(found.kinds)
    if found.scores:
        writer.add_token_scores(found.scores)
    writer.add_token_merges(found.merges)
    _describe_ends(writer, tokenizer)
    if isinstance(tokenizer.chat_template, str):
        writer.add_chat_template(tokenizer.chat_template)
    if found.model == "llama":
        first = tokenizer.backend_tokenizer.encode("a", add_special_tokens=False).tokens[0]
        writer.add_add_space_prefix(first.startswith("▁"))
    return found


def _describe_ends(writer: gguf.GGUFWriter, tokenizer: Any) -> None:
    ids = tokenizer("a")["input_ids"]
    for name, place, put, put_whether in (
        ("bos", 0, writer.add_bos_token_id, writer.add_add_bos_token),
        ("eos", -1, writer.add_eos_token_id, writer.add_add_eos_token),
    ):
        token = getattr(tokenizer, f"{name}_token_id")
        put_whether(token is not None and ids[place] == token)
        if token is not None:
            put(token)
    if tokenizer.pad_token_id is not None:
        writer.add_pad_token_id(tokenizer.pad_token_id)
    if tokenizer.unk_token_id is not None:
        writer.add_unk_token_id(tokenizer.unk_token_id)
