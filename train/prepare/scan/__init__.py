"""What a text must not give away: secrets, which stop the stage, and personal data, which is masked."""

from train.prepare.scan.personal import personal
from train.prepare.scan.secrets import secrets

__all__ = ["personal", "secrets"]
