"""A fitted model as bytes and back: JSON and arrays, nothing that runs code when read."""

import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from dunwell.ml.day_facts import GROUPS
from dunwell.ml.lateness import DAYS_LATE, Lateness
from dunwell.ml.model import PayDateModel
from dunwell.ml.naive import CustomerMedian, CustomerRate, DueDate
from dunwell.ml.past import Portfolio

if TYPE_CHECKING:
    import lightgbm as lgb

    from dunwell.ml.hazard import Fit, HazardModel

VERSION = 4
"""Raised when a reader of older bytes would misread newer ones, or can no longer read them."""

UNCHANGED: Mapping[str, int] = {
    "due_date": 1,
    "customer_median": 1,
    "customer_rate": 1,
    "hazard": 4,
}
"""The oldest version of each model's bytes that is still read; older ones are trained anew."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Every entry's date, so that the same model gives the same bytes."""


DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    LookupError,
    AttributeError,
    TypeError,
    ValueError,
    OverflowError,
    MemoryError,
)
"""What reading damaged bytes raises, layer by layer: the archive, its codecs, JSON, arrays."""


class ArtifactError(ValueError):
    """The bytes are no model of this version; the message says what is wrong."""


def dump(model: PayDateModel) -> bytes:
    """Return a model as bytes; the same model gives the same bytes."""
    parts: dict[str, bytes] = {}
    head: dict[str, Any] = {"version": VERSION, "name": model.name}
    if isinstance(model, DueDate):
        _put_lateness(parts, head, "portfolio", model.portfolio)
    elif isinstance(model, CustomerMedian | CustomerRate):
        _put_lateness(parts, head, "portfolio", model.portfolio)
        _put_lateness(parts, head, "newcomers", model.newcomers)
    else:
        _put_hazard(parts, head, model)
    head["parts"] = sorted(parts)
    parts["model.json"] = json.dumps(head, sort_keys=True).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(parts):
            file.writestr(zipfile.ZipInfo(name, EPOCH), parts[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def load(content: bytes) -> PayDateModel:
    """Return the model that `dump` wrote. Raises ArtifactError when the bytes are no model.

    A learned model needs LightGBM; where its system library is missing OSError is raised.
    """
    try:
        parts = _parts(content)
        head = json.loads(parts.pop("model.json"))
        version, expected = head["version"], set(head["parts"])
        is_read = _is_read(version, head["name"])
        is_whole = is_read and parts.keys() == expected
        model = _model(head, parts) if is_whole else None
    except DAMAGED as error:
        raise ArtifactError(f"the bytes are no model: {error!r}") from error
    if not is_read:
        raise ArtifactError(f"the model is of version {version}, not {VERSION}")
    if model is None:
        raise ArtifactError(f"the model lacks or adds parts: {sorted(parts.keys() ^ expected)}")
    return model


def unread_version(content: bytes) -> int | None:
    """Return the version of a model's bytes that this release does not read, None when it does.

    Only the bytes' own word is asked for, so it is quick; bytes that are no model have none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            head = json.loads(file.read("model.json"))
        version, name = int(head["version"]), head["name"]
        return None if _is_read(version, name) else version
    except (*DAMAGED, OSError):
        return None


def _is_read(version: int, name: str) -> bool:
    return UNCHANGED.get(name, VERSION) <= version <= VERSION


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return {name: file.read(name) for name in file.namelist()}
    except OSError as error:  # what one of its codecs says of bytes that are not its own
        raise ValueError(str(error)) from error


def _model(head: dict[str, Any], parts: dict[str, bytes]) -> PayDateModel:
    name = head["name"]
    if name == "due_date":
        return DueDate(portfolio=_lateness(parts, head, "portfolio"))
    if name == "customer_median":
        return _customer_median(parts, head)
    if name == "customer_rate":
        return CustomerRate(
            portfolio=_lateness(parts, head, "portfolio"),
            newcomers=_lateness(parts, head, "newcomers"),
        )
    if name != "hazard":
        raise ValueError(f"there is no model {name}")
    return _hazard(head, parts)


def _put_lateness(
    parts: dict[str, bytes], head: dict[str, Any], name: str, found: Lateness
) -> None:
    parts[f"{name}.npy"] = _array(found.unpaid)
    head[name] = {"tail": found.tail, "items": found.items}


def _lateness(parts: dict[str, bytes], head: dict[str, Any], name: str) -> Lateness:
    return Lateness(unpaid=_read(parts[f"{name}.npy"], DAYS_LATE.shape), **head[name])


def _customer_median(
    parts: dict[str, bytes], head: dict[str, Any], prefix: str = ""
) -> CustomerMedian:
    return CustomerMedian(
        portfolio=_lateness(parts, head, f"{prefix}portfolio"),
        newcomers=_lateness(parts, head, f"{prefix}newcomers"),
    )


def _put_hazard(parts: dict[str, bytes], head: dict[str, Any], model: PayDateModel) -> None:
    found = cast("HazardModel", model)
    for place, fit in enumerate(found.fits):
        _put_fit(parts, fit, f"{place}/")
    parts["masked.npy"] = _array(found.masked)
    if found.own is not None:
        _put_lateness(parts, head, "own_portfolio", found.own.portfolio)
        _put_lateness(parts, head, "own_newcomers", found.own.newcomers)
    head |= {
        "bases": [fit.base for fit in found.fits],
        "late_weight": found.late_weight,
        "portfolio": asdict(found.portfolio),
        "currencies": found.currencies,
        "tables": list(found.fits[0].tables),
    }


def _put_fit(parts: dict[str, bytes], fit: "Fit", folder: str) -> None:
    for name, table in fit.tables.items():
        parts[f"{folder}tables/{name}.npy"] = _array(table)
    parts[f"{folder}trees.txt"] = fit.trees.model_to_string().encode()
    if fit.day_trees is not None:
        parts[f"{folder}day_trees.txt"] = fit.day_trees.model_to_string().encode()
    if fit.late_trees is not None:
        parts[f"{folder}late_trees.txt"] = fit.late_trees.model_to_string().encode()


def _hazard(head: dict[str, Any], parts: dict[str, bytes]) -> "HazardModel":
    # LightGBM's system library may be missing; only this kind of model needs it
    from dunwell.ml.hazard import HazardModel  # noqa: PLC0415

    portfolio = head["portfolio"] | {"weekdays": tuple(head["portfolio"]["weekdays"])}
    return HazardModel(
        fits=tuple(
            _fit(parts, f"{place}/", float(base), head["tables"])
            for place, base in enumerate(head["bases"])
        ),
        late_weight=float(head["late_weight"]),
        own=_customer_median(parts, head, "own_") if "own_portfolio" in head else None,
        masked=_read(parts["masked.npy"]),
        portfolio=Portfolio(**portfolio),
        currencies=dict(head["currencies"]),
        name=head["name"],
    )


def _fit(parts: dict[str, bytes], folder: str, base: float, tables: list[str]) -> "Fit":
    from dunwell.ml.hazard import Fit  # noqa: PLC0415

    day_trees = parts.get(f"{folder}day_trees.txt")
    late_trees = parts.get(f"{folder}late_trees.txt")
    return Fit(
        tables={name: _read(parts[f"{folder}tables/{name}.npy"], GROUPS[name]) for name in tables},
        base=base,
        trees=_trees(parts[f"{folder}trees.txt"]),
        day_trees=_trees(day_trees) if day_trees is not None else None,
        late_trees=_trees(late_trees) if late_trees is not None else None,
    )


def _trees(content: bytes) -> "lgb.Booster":
    import lightgbm as lgb  # noqa: PLC0415

    try:
        return lgb.Booster(model_str=content.decode())
    except lgb.basic.LightGBMError as error:
        raise ValueError(f"the trees cannot be read: {error}") from error


def _array(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, values, allow_pickle=False)
    return out.getvalue()


def _read(content: bytes, shape: tuple[int, ...] | None = None) -> np.ndarray:
    values = np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
    if shape is not None and values.shape != shape:
        raise ValueError(f"an array has the shape {values.shape}, not {shape}")
    return values
