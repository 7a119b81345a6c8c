"""Array types of the demo, and records made of arrays: pick rows of one, stack several."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]
Record = TypeVar("Record", bound="DataclassInstance")


def take(words: tuple[str, ...], positions: IntArray) -> TextArray:
    """Return the words at the positions."""
    return np.asarray(words)[positions]


def rows(record: Record, positions: IntArray) -> Record:
    """Return the record with each of its arrays cut to the positions."""
    return replace(
        record, **{field.name: getattr(record, field.name)[positions] for field in fields(record)}
    )


def stacked(first: Record, *more: Record) -> Record:
    """Return one record whose arrays follow one another."""
    records = (first, *more)
    return replace(
        first,
        **{
            field.name: np.concatenate([getattr(record, field.name) for record in records])
            for field in fields(first)
        },
    )
