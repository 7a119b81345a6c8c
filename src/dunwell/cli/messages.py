"""`dunwell read-message FILE`: what a message is about, and what can be picked out of it."""

import argparse
from dataclasses import replace
from pathlib import Path

from dunwell.cli.printing import Answer, Row
from dunwell.formats.extracts.finds import Around
from dunwell.formats.extracts.reading import extracts
from dunwell.ml.intents.shipped import shipped_reader, shipped_version

MOST_BYTES = 1_000_000


def read_message(options: argparse.Namespace) -> Answer:
    """Return label, chance and extracts of a text file, by the shipped reader.

    Raises ValueError for a file that is no UTF-8 text or too large.
    """
    text = _text(options.file)
    around = Around(
        day=options.day,
        language=options.language,
        country=options.country.upper(),
        currency=options.currency.upper(),
        items=tuple(options.item),
    )
    reading = replace(shipped_reader().read(text), extracts=extracts(text, around))
    rows: list[Row] = [
        {"what": "about", "value": ", ".join(reading.labels), "quote": "", "role": ""},
        {
            "what": "sure" if reading.is_sure else "not sure: a person should say it",
            "value": f"{reading.confidence_ppm / 10_000:.1f} %",
            "quote": "",
            "role": "",
        },
    ]
    rows += [
        {"what": one.kind, "value": one.value, "quote": one.quote, "role": one.role}
        for one in reading.extracts
    ]
    answer = {
        "label": reading.label,
        "labels": list(reading.labels),
        "confidence_ppm": reading.confidence_ppm,
        "is_sure": reading.is_sure,
        "extracts": [one.as_dict() for one in reading.extracts],
        "reader": shipped_version(),
    }
    return answer, rows


def _text(path: Path) -> str:
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise ValueError(f"{path}: the file has {len(content)} bytes; {MOST_BYTES} can be read")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: the file is no UTF-8 text; save it as UTF-8") from error
