"""`generation_config.json`: how a writer's text is drawn, for everyone who reads that file."""

from typing import Any

from train.sections import Decoding


def generation(decoding: Decoding, tokenizer: Any, base: Any) -> dict[str, Any]:
    """The recipe's decoding with every token at which text ends; `base` is the base's own configuration."""
    sampling = decoding.temperature > 0
    drawn = {"temperature": decoding.temperature, "top_p": decoding.top_p, "top_k": 0} if sampling else {}
    known = base.eos_token_id if isinstance(base.eos_token_id, list) else [base.eos_token_id]
    own = tokenizer.eos_token_id
    return {
        "do_sample": sampling,
        "max_new_tokens": decoding.max_new_tokens,
        "repetition_penalty": decoding.repetition_penalty,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": [own, *(each for each in known if each not in (own, None))],
        "pad_token_id": tokenizer.pad_token_id,
        **drawn,
    }
