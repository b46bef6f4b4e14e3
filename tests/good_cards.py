"""A card of each kind in which nothing is wrong."""

from cards.check import Kind

MODEL = """\
---
license: mit
language: en
base_model: acme/small-base
base_model_relation: adapter
datasets:
- acme/letters
library_name: peft
pipeline_tag: text-generation
tags:
- lora
---

# Letters

Writes short letters.

## Use

```python
print("Dear reader")
```
"""
DATASET = """\
---
license: cc-by-4.0
language:
- en
- de
size_categories:
- n<1K
task_categories:
- text-generation
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*
---

# Letters

Letters between two lighthouse keepers.
"""
SPACE = """\
---
title: Letters
emoji: ✉️
colorFrom: indigo
colorTo: gray
sdk: gradio
sdk_version: 6.31.0
app_file: app.py
license: mit
short_description: Writes short letters
pinned: false
---

A form that writes letters.
"""
CARDS: dict[Kind, str] = {"model": MODEL, "dataset": DATASET, "space": SPACE}
