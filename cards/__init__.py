"""Typed facts in; the pages people read out."""
