"""What contact rules ask about customers, from exports: kind of party, region, time zones."""

import json
import re
from collections.abc import Mapping
from zoneinfo import available_timezones

import polars as pl

from dunwell.formats.findings import FindingLog
from dunwell.formats.values import mapped
from dunwell.formats.words import plain_words

_PARTIES: Mapping[str, str] = {
    word.replace(" ", ""): party
    for party, words in {
        "company": "company|c|corporate|business|organisation|organization|legal entity|legal "
        "person|b2b|firma|unternehmen|juristische person|gesellschaft|entreprise|societe|personne "
        "morale|empresa|sociedad|persona juridica",
        "person": "person|p|natural person|private|private person|individual|consumer|b2c|"
        "privat|privatperson|naturliche person|verbraucher|particulier|personne physique|"
        "consommateur|particular|persona fisica|consumidor",
        "public": "public|public authority|authority|government|public sector|b2g|behorde|"
        "offentliche hand|offentlicher auftraggeber|administration|secteur public|"
        "administracion|sector publico",
    }.items()
    for word in words.split("|")
}
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}(-[A-Z]{2,4})?")
_SHORT = re.compile(r"[A-Z0-9]{1,3}")
_CUT = re.compile(r"[;,|\s]+")


def party_of(text: str) -> str:
    """Return company, person or public, or an empty text for a word that is none."""
    return _PARTIES.get(_together(text), "")


def _together(text: str) -> str:
    """Return the words of a cell without spaces: B2C is one word, whatever it is cut into."""
    return plain_words(text).replace(" ", "")


def zones_of(text: str) -> str:
    """Return the IANA time zones a cell names as a JSON list; empty text when one is none."""
    names = [name for name in _CUT.split(text.strip()) if name]
    if not names or not set(names) <= available_timezones():
        return ""
    return json.dumps(sorted(set(names)))


def region_code(region: str, country: str) -> str:
    """Return the ISO 3166-2 code a region stands for: US-MA, or MA in the US; else empty text.

    The name of a region is kept as part of the address and says no code.
    """
    stated = region.strip().upper()
    if _REGION.fullmatch(stated):
        return stated if not country or stated.startswith(f"{country}-") else ""
    return f"{country}-{stated}" if country and _SHORT.fullmatch(stated) else ""


def with_places(rows: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    """Return customers with party, region_code and zones as they are stored; empty is not known.

    A party or time zone that cannot be read is told and left out, so that it counts as not known.
    """
    read = rows.with_columns(
        mapped(rows.get_column("party"), party_of).alias(":party"),
        mapped(rows.get_column("zones"), zones_of).alias(":zones"),
    )
    log.rows(
        read.filter(pl.col(":party") == "").unique("party", keep="first", maintain_order=True),
        code="unknown_party",
        value=pl.col("party"),
        action="changed",
        severity="info",
        reason="is not company, person or public; customers with it are kept without the kind of "
        "party",
    )
    log.rows(
        read.filter(pl.col(":zones") == "").unique("zones", keep="first", maintain_order=True),
        code="unknown_zones",
        value=pl.col("zones"),
        action="changed",
        severity="info",
        reason="is not a list of IANA time zones such as Europe/Berlin; customers with it are "
        "kept without time zones",
    )
    pairs = rows.select("region", "country").unique().drop_nulls("region")
    codes = {
        (region, country): region_code(region, country or "")
        for region, country in pairs.iter_rows()
    }
    named = pl.DataFrame(
        [(region, country, code) for (region, country), code in codes.items()],
        schema={"region": pl.String, "country": pl.String, "region_code": pl.String},
        orient="row",
    )
    return (
        read.join(
            named, on=["region", "country"], how="left", nulls_equal=True, maintain_order="left"
        )
        .with_columns(
            pl.col(":party").fill_null("").alias("party"),
            pl.col(":zones").fill_null("").alias("zones"),
            pl.col("region_code").fill_null(""),
        )
        .drop(":party", ":zones")
    )
