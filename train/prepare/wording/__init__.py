"""Formal words for natural ones, sentence by sentence."""
