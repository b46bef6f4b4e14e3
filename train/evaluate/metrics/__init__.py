"""One small pure module for each thing that is measured."""
