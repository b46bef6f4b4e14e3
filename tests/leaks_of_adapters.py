"""What could be planted in the folder of an adapter."""

import json

import numpy

from tests.planted_leaks import (
    GGUF,
    HOME,
    MAIL,
    PICKLE,
    TOKEN,
    WEIGHTS,
    Leak,
    add,
    gguf_file,
    header,
    put,
    replace,
    tensors,
    value,
)

ADAPTER = (
    Leak("a pickle named as weights", WEIGHTS, put(PICKLE), r"it is a pickle", TOKEN),
    Leak(
        "a zip of torch named as weights", WEIGHTS, put(b"PK\x03\x04" + PICKLE), r"it is a zip archive", TOKEN
    ),
    Leak("a pickle named as JSON", "adapter/tokenizer_config.json", put(PICKLE), r"it is a pickle", TOKEN),
    Leak(
        "a pickle of protocol 0", "adapter/writer.json", put(b"cos\nsystem\n(S'true'\ntR."), r"it is a pickle"
    ),
    Leak(
        "an archive named as a card",
        "adapter/LICENSE.txt",
        put(b"\x1f\x8b\x08" + bytes(30)),
        r"it is a gzip archive",
    ),
    Leak("a token in the header", WEIGHTS, tensors({"note": TOKEN}), r"metadata 'note': a secret", TOKEN),
    Leak(
        "a note in the header", WEIGHTS, tensors({"trained_by": "Leonie"}), r"metadata 'trained_by'", "Leonie"
    ),
    Leak("a path in the header", WEIGHTS, tensors({"format": HOME}), r"a path on somebody's machine", HOME),
    Leak(
        "a token as a tensor's name",
        WEIGHTS,
        tensors(named={TOKEN: numpy.zeros(2, dtype="float32")}),
        r"must not be said\]: a secret",
        TOKEN,
    ),
    Leak("bytes after the last tensor", WEIGHTS, add(PICKLE), r"bytes follow the last tensor", TOKEN),
    Leak(
        "weights that break off",
        WEIGHTS,
        lambda path: path.write_bytes(path.read_bytes()[:-4]),
        r"breaks off before",
    ),
    Leak(
        "whole numbers as weights",
        WEIGHTS,
        tensors(named={"step": numpy.zeros(2, dtype="int64")}),
        r"it is no adapter",
    ),
    Leak(
        "two tensors in one place",
        WEIGHTS,
        header(lambda told: told.update(copy=dict(told["lora_A"]))),
        r"begins at byte 0",
    ),
    Leak(
        "a hole between tensors",
        WEIGHTS,
        header(lambda told: told["lora_A"].update(data_offsets=[8, 24]), bytes(8)),
        r"begins at byte 8",
    ),
    Leak(
        "a header longer than the file",
        WEIGHTS,
        put((10**7).to_bytes(8, "little") + b'{"a": 1}'),
        r"no safetensors file",
    ),
    Leak(
        "a token in a GGUF file",
        GGUF,
        gguf_file("general.base_model.0.name", TOKEN),
        r"key general\.base_model\.0\.name: a secret",
        TOKEN,
    ),
    Leak(
        "a folder in a GGUF file",
        GGUF,
        gguf_file("general.base_model.0.repo_url", f"file://{HOME}"),
        r"a path on somebody's machine",
        HOME,
    ),
    Leak(
        "a key of its own in a GGUF file",
        GGUF,
        gguf_file("general.author", "Leonie"),
        r"key general\.author: a key that no adapter has",
        "Leonie",
    ),
    Leak("bytes after a GGUF file", GGUF, gguf_file(tail=PICKLE), r"bytes follow the last tensor", TOKEN),
    Leak("another version of GGUF", GGUF, put(b"GGUF\x01\0\0\0" + bytes(40)), r"no GGUF file of an adapter"),
    Leak(
        "a base in somebody's folder",
        "adapter/adapter_config.json",
        value("base_model_name_or_path", to=HOME),
        r"adapter_config\.json, /base_model_name_or_path: a path",
        HOME,
    ),
    Leak(
        "a token in a setting",
        "adapter/adapter_config.json",
        value("auto_mapping", to={"hub_token": TOKEN}),
        r"/auto_mapping/hub_token: a secret",
        TOKEN,
    ),
    Leak(
        "a token known by its name alone",
        "adapter/tokenizer_config.json",
        value("api_key", to="x7Kq9Lw2Zt4Rb8Ym3Vn6" + "Hd1Jf5Pc"),
        r"/api_key: a secret: named secret",
        "x7Kq9Lw2Zt4Rb8Ym3Vn6",
    ),
    Leak(
        "a token behind an escape",
        "adapter/tokenizer_config.json",
        put('{"name": "\\u0068f_' + TOKEN[3:] + '"}'),
        r"/name: a secret: Hugging Face",
        TOKEN[3:],
    ),
    Leak(
        "a key that stands twice",
        "adapter/tokenizer_config.json",
        put('{"a": "' + TOKEN + '", "a": ""}'),
        r"a key stands twice",
        TOKEN,
    ),
    Leak(
        "a token among added words",
        "adapter/added_tokens.json",
        put(json.dumps({TOKEN: 1})),
        r"added_tokens\.json, \[what stands there must not be said\]: a secret",
        TOKEN,
    ),
    Leak(
        "a token in the vocabulary",
        "adapter/tokenizer.json",
        put(json.dumps({"model": {"vocab": {TOKEN: 7}}})),
        r"a secret",
        TOKEN,
    ),
    Leak(
        "a comment in the recipe",
        "adapter/recipe.yaml",
        add(f"# the old one: {TOKEN}\n"),
        r"recipe\.yaml, line \d+: a secret",
        TOKEN,
    ),
    Leak(
        "a folder in the recipe",
        "adapter/recipe.yaml",
        replace("path: acme/raw", f"path: {HOME}"),
        r"recipe\.yaml, .*a path on somebody's machine",
        HOME,
    ),
    Leak(
        "an address in a sample",
        "adapter/evidence/samples.jsonl",
        replace("half a post", f"half a post by {MAIL}"),
        r"samples\.jsonl, line 2 /text: personal data: e-mail",
        MAIL,
    ),
    Leak(
        "a token in a sample",
        "adapter/evidence/samples.jsonl",
        replace("half a post", TOKEN),
        r"samples\.jsonl, line 2 /text: a secret",
        TOKEN,
    ),
    Leak(
        "a line that is no JSON",
        "adapter/evidence/samples.jsonl",
        add("{'title': 1}\n"),
        r"it is line 4: no JSON",
    ),
    Leak(
        "a template that opens files",
        "adapter/chat_template.jinja",
        put("{{ ''.__class__.__mro__ }}"),
        r"reaches out of itself",
    ),
    Leak(
        "a template that includes another",
        "adapter/chat_template.jinja",
        put("{% include '/etc/passwd' %}"),
        r"reaches out of itself",
    ),
    Leak(
        "a template that does not end",
        "adapter/chat_template.jinja",
        put("{% if title %}"),
        r"it is no template",
    ),
    Leak(
        "a token in a template",
        "adapter/chat_template.jinja",
        put("{# " + TOKEN + " #}"),
        r"chat_template\.jinja, line 1: a secret",
        TOKEN,
    ),
    Leak(
        "text in another encoding",
        "adapter/LICENSE.txt",
        put("Überall".encode("latin-1")),
        r"no text from byte 0 on",
    ),
    Leak(
        "a control character",
        "adapter/LICENSE.txt",
        put("As in the base\x1b[2J"),
        r"a control character in line 1",
    ),
)
