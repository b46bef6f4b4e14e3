from pathlib import Path

import pytest

from tests import forward, toy
from tests.exported import LLAMA, make
from train.errors import StageError

SPLIT_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def test_the_head_says_how_the_tokenizer_begins_ends_and_asks(tmp_path: Path) -> None:
    head = forward.read(make(tmp_path, "llama", LLAMA).converted()).head
    words = toy.tokenizer()
    assert head["tokenizer.ggml.tokens"][: len(words)] == words.convert_ids_to_tokens(range(len(words)))
    assert head["tokenizer.ggml.tokens"][len(words) :] == [f"[PAD{len(words) + place}]" for place in range(3)]
    assert head["tokenizer.ggml.token_type"][:7] == [3] * len(toy.SPECIAL) + [1]
    assert (head["tokenizer.ggml.bos_token_id"], head["tokenizer.ggml.eos_token_id"]) == (1, 2)
    assert (head["tokenizer.ggml.add_bos_token"], head["tokenizer.ggml.add_eos_token"]) == (False, False)
    assert head["tokenizer.chat_template"] == toy.TEMPLATE
    assert head["tokenizer.ggml.pre"] == "gpt-2"


@pytest.mark.parametrize(
    ("pattern", "ignore_merges", "cut", "known"),
    [
        pytest.param(None, False, "gpt-2", True, id="GPT-2's own"),
        pytest.param(SPLIT_3, True, "llama-bpe", True, id="Llama 3's"),
        pytest.param(SPLIT_3, False, "dbrx", True, id="Llama 3's, with merges"),
        pytest.param(SPLIT_3.replace("{1,3}", ""), False, "qwen2", True, id="Qwen2's"),
        pytest.param(r"\S+|\s+", False, "bloom", False, id="one that llama.cpp does not know"),
    ],
)
def test_how_text_is_cut_is_named_as_llama_cpp_does(
    pattern: str | None, ignore_merges: bool, cut: str, known: bool
) -> None:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    from train.tune.gguf.vocabulary import vocabulary

    plain = Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2}, [("a", "b")], ignore_merges=ignore_merges))
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern is None)
    steps = [pre_tokenizers.Split(Regex(pattern), "isolated")] if pattern else []
    plain.pre_tokenizer = pre_tokenizers.Sequence([*steps, to_bytes]) if steps else to_bytes
    found = vocabulary(plain.to_str(), 4)
    assert (found.cut, found.cut_is_known) == (cut, known)
    assert (found.tokens, found.merges) == (("a", "b", "ab", "[PAD3]"), ("a b",))


def test_sentencepiece_pieces_score_higher_the_sooner_they_are_merged() -> None:
    from tokenizers import Tokenizer, models

    from train.tune.gguf.vocabulary import vocabulary

    pieces = {"<unk>": 0, "<s>": 1, "<0x0A>": 2, "▁": 3, "t": 4, "e": 5, "te": 6, "▁t": 7}
    model = models.BPE(pieces, [("▁", "t"), ("t", "e")], unk_token="<unk>", byte_fallback=True)
    plain = Tokenizer(model)
    plain.add_special_tokens(["<unk>", "<s>"])
    found = vocabulary(plain.to_str(), 8)
    assert (found.model, found.kinds) == ("llama", (2, 3, 6, 1, 1, 1, 1, 1))
    assert found.scores[7] > found.scores[6] > found.scores[4]


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused() -> None:
    from train.tune.gguf.vocabulary import vocabulary

    with pytest.raises(StageError, match=r"has 320 tokens, the model 319"):
        vocabulary(toy.tokenizer().backend_tokenizer.to_str(), 319)
