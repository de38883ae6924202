"""Verbs on reviews, on what is told when a child leaves, and on the log of what was shared."""

from portage.reviews.operations.packs import NotPermitted, sharing_on_leaving
from portage.reviews.operations.writing import (
    KINDS,
    LEAVING,
    WriteReview,
    correct_review,
    review_here,
    reviews_of,
    write_review,
)

__all__ = [
    "KINDS",
    "LEAVING",
    "NotPermitted",
    "WriteReview",
    "correct_review",
    "review_here",
    "reviews_of",
    "sharing_on_leaving",
    "write_review",
]
