"""The files the Hub itself puts into a new repository."""

from __future__ import annotations

from train.rehearse.hub.commit import Draft, Put
from train.rehearse.hub.names import Kind

_MODEL_PATTERNS = """
*.7z *.arrow *.bin *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.mlmodel *.model *.msgpack *.npy
*.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors saved_model/**/*
*.tar.* *.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents*
"""
_DATASET_PATTERNS = """
*.7z *.arrow *.avro *.bin *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.lz4 *.mds *.mlmodel
*.model *.msgpack *.npy *.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar
*.safetensors saved_model/**/* *.tar.* *.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents* *.pcm
*.sam *.raw *.aac *.flac *.mp3 *.ogg *.wav *.bmp *.gif *.png *.tiff *.jpg *.jpeg *.webp *.mp4 *.webm
"""
_SPACE_README = """---
title: {title}
emoji: 📝
colorFrom: blue
colorTo: indigo
sdk: {sdk}
pinned: false
---

Check out the configuration reference at https://huggingface.co/docs/hub/spaces-config-reference
"""


def initial_commit(kind: Kind, name: str, sdk: str) -> Draft:
    """The first commit of a new repository."""
    patterns = _DATASET_PATTERNS if kind is Kind.DATASET else _MODEL_PATTERNS
    lines = [f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in patterns.split()]
    files = [Put(".gitattributes", "".join(lines).encode())]
    if kind is Kind.SPACE:
        files.append(Put("README.md", _SPACE_README.format(title=name, sdk=sdk).encode()))
    return Draft("initial commit", files)
