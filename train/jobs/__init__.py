"""Work on a rented machine: a Hugging Face Job that holds no token.

A Job trains an adapter (`training`) or lets the writers write what `evaluate` judges (`judging`). What
travels is one pack (`pack`): the code, the recipe, the rows. It lies in a bucket that the Job mounts, as
it mounts each base at its commit. The Job checks the pack's digest (`start`), does the same as any other
machine (`inside`) and leaves what it has so far in the bucket, and its result in the end. This side finds
or starts the Job (`board`), shows its log (`watch`) and takes the result home (`remote`);
what only the Job needed then goes from the bucket (`bucket`).
"""
