"""The three results in; one version of three repositories out."""
