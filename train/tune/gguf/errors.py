"""What stands in the way of a GGUF file."""

from train.errors import StageError


class NoGgufError(StageError):
    """llama.cpp cannot run this as it is: the sentence says what, and nothing was written."""
