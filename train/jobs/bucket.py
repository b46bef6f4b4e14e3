"""A Job's folder in the bucket once its result is here: what only the Job needed goes."""

import sys

from huggingface_hub import BucketFile
from huggingface_hub.errors import BucketNotFoundError

from train.errors import ImprintError
from train.jobs.board import Board
from train.jobs.order import Place
from train.patience import asked, explained


def lying(board: Board, below: str) -> dict[str, BucketFile]:
    """The files below a folder of the bucket, by their path there."""
    api, bucket = board.api, board.place.bucket
    try:
        found = asked(lambda: list(api.list_bucket_tree(bucket, f"{below}/", recursive=True)))
    except BucketNotFoundError:
        return {}
    return {each.path.removeprefix(f"{below}/"): each for each in found if isinstance(each, BucketFile)}


def clear(board: Board, result: str) -> None:
    """Take away what was sent, and what the Job had so far; its result is there for other machines."""
    try:
        with explained(board.api.endpoint, again=removal(board.place)):
            if not board.running():  # or another machine's Job, started at the same moment, still reads it
                asked(lambda: _take_away(board, result))
    except ImprintError as error:  # the result is here all the same
        print(f"note: what the Job was sent is not taken away: {error}", file=sys.stderr)


def removal(place: Place) -> str:
    """The command that removes all that lies there of this errand, its result too."""
    return f"hf buckets rm -R {place.bucket}/{place.folder}"


def _take_away(board: Board, result: str) -> None:
    place = board.place
    kept = f"{place.left}/{result}/"
    paths = [each.path for each in lying(board, place.folder).values()]
    if gone := [path for path in paths if not path.startswith(kept)]:
        board.api.batch_bucket_files(place.bucket, delete=gone)
