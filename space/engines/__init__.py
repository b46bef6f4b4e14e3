"""What writes: `desk` lets many texts share one `model`, which is transformers' or llama.cpp's."""

import os

os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")  # else bitsandbytes imports a compiler that nothing uses
