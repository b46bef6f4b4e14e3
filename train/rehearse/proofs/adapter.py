"""A stranger loads the adapter by its tag, both ways that PEFT offers: REPO TAG MESSAGE."""

import json
import logging
import sys

# Before the libraries are imported: one of them warns of an optional package it can do without.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)

import torch  # noqa: E402
from peft import AutoPeftModelForCausalLM, PeftConfig, PeftModel  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

repo, tag, message = sys.argv[1:]
config = PeftConfig.from_pretrained(repo, revision=tag)
base = AutoModelForCausalLM.from_pretrained(config.base_model_name_or_path, revision=config.revision)
over_base = PeftModel.from_pretrained(base, repo, revision=tag).eval()
by_itself = AutoPeftModelForCausalLM.from_pretrained(repo, revision=tag).eval()
tokenizer = AutoTokenizer.from_pretrained(repo, revision=tag)
turn = [{"role": "user", "content": message}]
ids = torch.tensor([tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=False)])
with torch.inference_mode():
    ours, theirs = over_base(input_ids=ids).logits, by_itself(input_ids=ids).logits
    with over_base.disable_adapter():
        bare = over_base(input_ids=ids).logits
print(
    json.dumps(
        {
            "same_logits": bool(torch.equal(ours, theirs)),
            "changes_the_base": bool((ours - bare).abs().max() > 0),
            "base": f"{config.base_model_name_or_path}@{config.revision}",
        }
    )
)
