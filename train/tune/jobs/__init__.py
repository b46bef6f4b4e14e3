"""Training on a rented machine: a Hugging Face Job that holds no token.

What travels is one pack (`pack`): the code, the recipe, the rows. It lies in a bucket that the Job
mounts, as it mounts the base at its commit. The Job checks the pack's digest (`start`), trains with
the same verb as anywhere (`inside`) and leaves checkpoints and adapter in the bucket. This side finds
or starts the Job (`board`), shows its log (`watch`) and takes the adapter home (`remote`).
"""
