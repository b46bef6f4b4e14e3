"""What writes: `desk` lets many texts share one `model`, which is transformers' or llama.cpp's."""
