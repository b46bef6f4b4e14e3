"""Invented facts: the smallest from which all three cards can be rendered."""

from cards.combination import Combination, SourceTerms
from cards.corpus import Corpus, Overlap, Split
from cards.duties import adapter_duties
from cards.facts import (
    Base,
    Check,
    Column,
    DatasetFacts,
    Evidence,
    Figure,
    License,
    Loss,
    ModelFacts,
    Origin,
    Request,
    Sample,
    Training,
    Usage,
    Version,
)
from cards.space import Served, SpaceFacts

TEXT = """\
# How to keep a paper notebook

A notebook is the cheapest tool that still works when the battery is flat. It asks for nothing but a pen, \
a table and five quiet minutes.

## Choose one and stay with it

Take the size that fits the bag you already carry. A book that stays at home stays empty.

```text
page 1   index
page 2   first note
```

## Write the date first

Every entry begins with a date, because you will look for *when* long before you remember *what*.

## In the end

Keep it near, keep it dull, and read it again once a month.
"""
VERSION = Version("v0.1.0", "acme/blog-posts", "acme/Llama-3.2-3B-blog-writer", "acme/blog-writer")
BASE = Base("meta-llama/Llama-3.2-3B-Instruct", "0cb88a4f764b7a12671c53f0838cd831a0843b95")
CORPUS = Corpus(
    read={"acme/raw-posts": 71, "my-blog": 12},
    kept=62,
    dropped={"too short": 11, "near duplicate": 6, "broken front matter": 4},
    changed={"hard wraps": 40, "mojibake": 3},
    splits=(
        Split("train", "data/train-00000-of-00001.parquet", 50, 41_250, 262_144),
        Split("validation", "data/validation-00000-of-00001.parquet", 6, 5_020, 31_000),
        Split("test", "data/test-00000-of-00001.parquet", 6, 4_810, 30_500),
    ),
    repeated={"exact": 3, "near": 1},
    masked={"e-mail": 2, "phone": 1},
    overlap=Overlap(8_412, 17),
    private=4,
    demo=True,
)
RAW = "https://huggingface.co/datasets/acme/raw-posts/tree/9b7d1c0e5a4f38261d0c9b8a7f6e5d4c3b2a1908"
COMBINATION = Combination(
    base=BASE.repo,
    base_license="llama3.2",
    sources=(
        SourceTerms("acme/raw-posts", "hub", "cc-by-4.0", RAW),
        SourceTerms("my-blog", "jekyll", "unknown"),
    ),
    dataset_license="unknown",
    adapter_license="llama3.2",
    adapter=VERSION.adapter,
    papers=("LICENSE.txt", "NOTICE", "USE_POLICY.md"),
)
MODEL = ModelFacts(
    title="Title to blog post",
    language="en",
    license=License("llama3.2"),
    version=VERSION,
    base=BASE,
    usage=Usage(
        request=Request("How to keep a paper notebook", {"words": 600}),
        generate={"max_new_tokens": 1500, "do_sample": True, "temperature": 0.7, "top_p": 0.9, "top_k": 0},
        options={"words": (300, 600, 1000)},
    ),
    sample=Sample(Request("How to keep a paper notebook", {"words": 600, "tone": "dry"}), 2 * TEXT),
    evidence=Evidence(
        titles=50,
        documents=6,
        figures=(
            Figure("structure", "whole posts", 0.42, 0.96, "higher", "50 titles"),
            Figure("words_over_limit", "posts over their word limit", 0.3, 0.02, "lower", "50 titles"),
            Figure("bits_per_byte", "bits per byte", 0.9312, 0.8127, "lower", "6 unseen texts"),
        ),
        checks=(
            Check("48 of 50 titles got a whole post; 45 were needed.", True, True, "structure", 0.96),
            Check("1 of 50 titles got more words than asked for; 2 were allowed.", True, True),
            Check(
                "A byte of an unseen text costs the adapter 0.813 bits, the base 0.931: "
                "a gain of 0.118; more than 0.000 was needed.",
                True,
                True,
            ),
        ),
    ),
    training=Training(
        options={
            "learning_rate": "0.0002",
            "load_in_4bit": "true",
            "lora_alpha": "64",
            "lora_r": "32",
            "lora_target_modules": "q_proj, k_proj, v_proj, o_proj",
            "max_steps": "200",
            "model_name_or_path": "meta-llama/Llama-3.2-3B-Instruct",
        },
        parameters=48_627_712,
        steps=200,
        losses=(Loss(10, 2.41), Loss(200, 1.37)),
    ),
    corpus=CORPUS,
    origin=Origin(
        commit="4f1c0de5a1b2c3d4e5f60718293a4b5c6d7e8f90",
        tree="11" * 32,
        dirty=False,
        dataset="22" * 32,
        adapter="33" * 32,
        packages={"peft": "0.21.2", "torch": "2.13.0", "trl": "1.16.0"},
    ),
    combination=COMBINATION,
)
DATASET = DatasetFacts(
    title="Title to blog post",
    language="en",
    license=License("unknown"),
    version=VERSION,
    corpus=CORPUS,
    columns=(
        Column("id", "string", "the source and the place in it: no two rows share one"),
        Column("title", "string", "its title"),
        Column("text", "string", "the cleaned text in Markdown: what a writer learns to write"),
        Column("words", "int64", "how many words the text has"),
    ),
    download_bytes=104_857,
    digest="22" * 32,
    sample=TEXT,
    combination=COMBINATION,
)
SPACE = SpaceFacts(
    title="Title to blog post",
    gradio="6.31.0",
    writers=(
        Served(
            "Title to blog post",
            VERSION,
            BASE,
            License("llama3.2"),
            adapter_duties(COMBINATION).badges,
        ),
    ),
)
