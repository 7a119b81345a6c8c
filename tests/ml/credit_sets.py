"""The public credit sets in ../shared/data, as samples; None where they are not here."""

import re
from pathlib import Path

import polars as pl

from dunwell.ml.scorecards.samples import Sample, sample

SHARED = Path(__file__).parents[3] / "shared" / "data"
ABSENT = "../shared/data is not here"


def german() -> Sample:
    """1,000 loans with 20 inputs, 300 bad."""
    table = pl.read_csv(SHARED / "credit_german" / "GermanCredit.csv")
    return sample(table, target="credit_risk", bad="0")


def taiwan() -> Sample:
    """30,000 card holders with 23 inputs, 22 % defaulted."""
    table = pl.read_csv(SHARED / "credit_taiwan" / "default.csv", skip_rows=1)
    return sample(table, target="default payment next month", bad="1", leave_out=["ID"])


def polish() -> Sample:
    """7,027 companies with 64 ratios, 271 bankrupt within five years."""
    head, _, body = (SHARED / "credit_polish_y1" / "1year.arff").read_text().partition("@data")
    names = re.findall(r"@attribute\s+'?(.*?)'?\s+(?:numeric|\{)", head)
    rows = [line.split(",") for line in body.strip().splitlines()]
    # two ratios carry the same name
    columns = {
        f"{number}: {name}": [
            None if row[number].strip() == "?" else float(row[number]) for row in rows
        ]
        for number, name in enumerate(names[:-1])
    }
    columns["bankruptcy"] = [float(row[-1]) for row in rows]
    return sample(pl.DataFrame(columns), target="bankruptcy", bad="1")
