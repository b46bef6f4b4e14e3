"""What the workflows ask beside the stages: may this tag be released, and what is told about it."""
