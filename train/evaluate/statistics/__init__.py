"""What a difference between two writers is worth: one small pure module for each method."""
