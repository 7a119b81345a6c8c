"""Exchange rates and bank feeds of the demo; the rates are invented, near what such pairs cost."""

import numpy as np
import polars as pl

from dunwell.demo.days import business_days
from dunwell.demo.scene import Scene

HOME_CURRENCY = "EUR"
START_PPM = {"USD": 920_000, "GBP": 1_165_000}
CURRENCIES = (HOME_CURRENCY, *START_PPM)


def fx_frame(scene: Scene) -> pl.DataFrame:
    """Return monthly rates in EUR cents per million cents, each from the first of its month."""
    rng = scene.stream("rates")
    first, last = np.array([scene.first_day, scene.as_of_day], dtype="datetime64[D]").astype(
        "datetime64[M]"
    )
    days = np.arange(first, last + 1).astype("datetime64[D]").astype(np.int64)
    frames = [
        pl.DataFrame(
            {
                "currency": [currency] * len(days),
                "day": days,
                "rate_ppm": np.round(
                    start * np.exp(np.cumsum(rng.normal(0.0, 0.012, len(days))))
                ).astype(np.int64),
            }
        )
        for currency, start in START_PPM.items()
    ]
    return pl.concat(frames).with_columns(pl.col("day").cast(pl.Int32)).sort("currency", "day")


def bank_frame(scene: Scene) -> pl.DataFrame:
    """Return one account per currency, its statements read up to the last business day."""
    last = int(business_days(scene.as_of_day - 10, scene.as_of_day, scene.calendar)[-1])
    return pl.DataFrame(
        {
            "account": [f"Main account {currency}" for currency in CURRENCIES],
            "currency": list(CURRENCIES),
            "statement_day": [last] * len(CURRENCIES),
        },
        schema_overrides={"statement_day": pl.Int32},
    )
