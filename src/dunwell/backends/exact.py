"""Whole numbers on Spark's frames as exact as on Polars: 128 bits, and division that rounds down.

Spark has no integer of 128 bits and divides whole numbers as floating point, so that a quotient
above 2**53 loses its last units. Here 128 bits are DECIMAL(38, 0), and `//` is Spark's integral
division. The engine's functions stay as they are: these frames answer to the same calls.

They extend classes of Narwhals that are not its public interface; the lock file holds the
version, and `tests/backends` compares every result to the last minor unit.
"""

from collections.abc import Iterable
from typing import Any

import narwhals.stable.v2 as nw
from narwhals._spark_like.dataframe import SparkLikeLazyFrame
from narwhals._spark_like.expr import SparkLikeExpr
from narwhals._spark_like.namespace import SparkLikeNamespace
from narwhals._utils import Implementation, Version, floor_mod

WIDE = nw.Decimal(38, 0)
"""What holds 128 bits on Spark, and in Parquet on every engine."""

Column = Any
"""A column of whichever PySpark: its own or that of Spark Connect."""


class ExactExpr(SparkLikeExpr):
    """An expression whose casts know 128 bits and whose `//` is exact."""

    def __narwhals_namespace__(self) -> "ExactNamespace":  # type: ignore[override]
        return ExactNamespace(version=self._version, implementation=self._implementation)

    def cast(self, dtype: Any) -> "ExactExpr":
        """Return the values in another type; 128 bits become DECIMAL(38, 0)."""
        found: ExactExpr = super().cast(_stored(dtype))
        return found

    def __truediv__(self, other: Any) -> Any:
        return self._with_binary(self._ratio, other)

    def __floordiv__(self, other: Any) -> Any:
        return self._with_binary(self._divided, other)

    def __rfloordiv__(self, other: Any) -> Any:
        def turned(expr: Column, other: Column) -> Column:
            return self._divided(other, expr)

        return self._with_binary(turned, other).alias("literal")

    def _ratio(self, expr: Column, other: Column) -> Column:
        """Return the quotient in floating point; by 0 it is infinite or no number."""
        functions, double = self._F, "double"
        zero = functions.lit(0)
        beyond = functions.when(expr == zero, functions.lit(float("nan")))
        beyond = beyond.when(expr > zero, functions.lit(float("inf")))
        beyond = beyond.when(expr < zero, functions.lit(float("-inf")))
        ratio = expr.cast(double) / other.cast(double)
        return functions.when(other != zero, ratio).when(other == zero, beyond)

    def _divided(self, expr: Column, other: Column) -> Column:
        """Return the quotient rounded down, empty where the divisor is 0."""
        functions = self._F
        exact = functions.call_function("div", expr - floor_mod(expr, other), other)
        return functions.when(other != functions.lit(0), exact).otherwise(functions.lit(None))


class ExactNamespace(SparkLikeNamespace):
    """What functions of expressions and frames are made of, here exact ones."""

    @property
    def _expr(self) -> type[ExactExpr]:
        return ExactExpr

    @property
    def _lazyframe(self) -> type["ExactFrame"]:
        return ExactFrame

    def lit(self, value: Any, dtype: Any) -> Any:
        """Return a value; one of 128 bits is a DECIMAL(38, 0)."""
        return super().lit(value, _stored(dtype))

    def concat(self, items: Iterable[Any], *, how: Any) -> "ExactFrame":
        """Return the rows of all frames."""
        return ExactFrame.from_native(super().concat(items, how=how).native, context=self)


class ExactFrame(SparkLikeLazyFrame):
    """A frame of Spark whose expressions are exact."""

    def __narwhals_namespace__(self) -> ExactNamespace:
        return ExactNamespace(version=self._version, implementation=self._implementation)

    @property
    def schema(self) -> dict[str, Any]:
        """The columns' types, DECIMAL(38, 0) told as the 128 bits it stands for."""
        wide = nw.Int128()
        return {name: wide if t == WIDE else t for name, t in super().schema.items()}


def exact(native: Any) -> nw.LazyFrame:
    """Return a frame of PySpark or of Spark Connect for the engine's functions."""
    plain = nw.from_native(native)
    implementation = Implementation.from_backend(plain.implementation)
    frame = ExactFrame(native, version=Version.V2, implementation=implementation)
    found: nw.LazyFrame = nw.from_native(frame)
    return found


def _stored(dtype: Any) -> Any:
    return WIDE if dtype in {nw.Int128, nw.Int128()} else dtype
