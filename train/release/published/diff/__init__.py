"""What changed between two versions: `rows` of the data, `values` by name, `told` in words."""
