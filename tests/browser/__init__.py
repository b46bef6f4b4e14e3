"""The Space as a visitor meets it."""
