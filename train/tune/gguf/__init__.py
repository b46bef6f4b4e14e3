"""The base and its adapter as GGUF, the one file each that llama.cpp runs."""
