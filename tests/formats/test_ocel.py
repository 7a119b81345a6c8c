"""Object-centric logs: round trip, refusals, and public logs with the figures known of them."""

import ast
import csv
import gzip
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.process.graph import activities, follows
from dunwell.engine.process.log import steps
from dunwell.engine.process.marks import plain_marks
from dunwell.engine.process.sums import added, slice_documents
from dunwell.formats.event_logs import CaseLog, flattened, read_xes
from dunwell.formats.findings import TableError
from dunwell.formats.ocel import OcelEvent, OcelLog, OcelObject, read_ocel, write_ocel
from tests.conftest import examples

DATA = Path(__file__).parents[3] / "shared" / "data" / "events_pm4py"
here = pytest.mark.skipif(not DATA.exists(), reason="../shared/data/events_pm4py is not here")
AT = datetime(2026, 3, 5, 9, tzinfo=UTC)

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
VALUES = (names, st.integers(-(2**53), 2**53), st.booleans(), moments)


@st.composite
def logs(draw):
    # one type of value for each attribute, as the format asks
    of_kind = draw(st.sampled_from(VALUES))
    objects = [
        OcelObject(
            id=f"o{place}",
            type=draw(st.sampled_from("xy")),
            attributes=tuple(("a", AT, draw(of_kind)) for _ in range(draw(st.integers(0, 1)))),
            objects=tuple(
                (f"o{draw(st.integers(0, place))}", draw(names))
                for _ in range(draw(st.integers(0, 1)))
            ),
        )
        for place in range(draw(st.integers(0, 4)))
    ]
    events = [
        OcelEvent(
            id=f"e{place}",
            type=draw(st.sampled_from("pq")),
            at=AT,
            objects=tuple(
                sorted({(one.id, draw(names)) for one in objects[: draw(st.integers(0, 4))]})
            ),
            attributes={"b": draw(of_kind)},
        )
        for place in range(draw(st.integers(0, 4)))
    ]
    return OcelLog(
        events=tuple(events), objects=tuple(sorted(objects, key=lambda o: (o.type, o.id)))
    )


@examples(20, release=200)
@given(logs())
def test_a_log_that_is_written_is_read_as_it_was(log):
    data = write_ocel(log)

    assert read_ocel(data, name="log") == log
    assert write_ocel(read_ocel(data, name="log")) == data


def document(**changes):
    """A log of one event as its JSON says, as other programs write it."""
    told = {
        "eventTypes": [{"name": "pay", "attributes": [{"name": "sum", "type": "integer"}]}],
        "objectTypes": [{"name": "invoice", "attributes": []}],
        "events": [{"id": "e1", "type": "pay", "time": "2026-03-05T10:00:00+01:00",
                    "attributes": [{"name": "sum", "value": "12"}],
                    "relationships": [{"objectId": "i1", "qualifier": "of"}]}],
        "objects": [{"id": "i1", "type": "invoice"}],
        **changes,
    }  # fmt: skip
    return json.dumps(told).encode()


def test_what_other_programs_write_is_understood():
    found = read_ocel(document(), name="log")

    assert found.events == (
        OcelEvent(id="e1", type="pay", at=AT, objects=(("i1", "of"),), attributes={"sum": 12}),
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\0x", "is no JSON"),
        (b"[]", "holds no events and objects"),
        (document(objects=[]), "names object i1"),
        (document(eventTypes=[]), "type pay is not declared"),
        (document(objects=[{"id": "i1", "type": "invoice"}] * 2), "comes twice"),
        (document(events=[{"id": "e1", "type": "pay"}]), "is not written as OCEL 2.0 asks"),
        (document(events=[{"id": "e1", "type": "pay", "time": "yesterday"}]), "Export the log again"),
        (document(eventTypes=[{"name": "pay"}]), "does not declare its attribute sum"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_with_the_reason(data, told):
    with pytest.raises(TableError, match=told):
        read_ocel(data, name="log")


def test_a_log_that_is_no_xes_or_of_no_such_object_is_refused():
    for data in (b"<log><trace>", b"\x1f\x8bx", b"<log><trace><event/></trace></log>"):
        with pytest.raises(TableError, match="is no XES log"):
            read_xes(data, name="log")
    with pytest.raises(TableError, match="Choose one of invoice"):
        flattened(read_ocel(document(), name="log"), "order")


def mined(log: CaseLog, until=date(2030, 1, 1)):
    """Cases, events, activities, variants and what follows what of a log."""
    found = steps(log.events, log.cases, as_of=until, country="XX").collect().lazy()
    sums = added(slice_documents(plain_marks(found, log.cases)), currency="XXX")
    rows = follows(sums)
    variants = {name: one.cases for (kind, name), one in sums.items() if kind == "variant"}
    return {
        "cases": sum(variants.values()),
        "events": sum(row.times for row in rows),
        "activities": len(activities(rows)),
        "variants": len(variants),
    }, {(row.activity, row.next): row.times for row in rows if row.next}


def traces_of(log):
    """The traces of a log, read apart from the code that is tested."""
    frame = log.events.collect().to_native().sort("moment", "event_id")
    found = {}
    for case, activity in frame.select("case_id", "activity").rows():
        found.setdefault(case, []).append(activity)
    return found


def by_hand(log):
    told = traces_of(log)
    return Counter(pair for one in told.values() for pair in pairwise(one)), {
        "cases": len(told),
        "events": sum(len(one) for one in told.values()),
        "activities": len({name for one in told.values() for name in one}),
        "variants": len({tuple(one) for one in told.values()}),
    }


def as_log(rows):
    """Rows of (case, activity, moment) in their order, as an OCEL log of one type of object."""
    return OcelLog(
        events=[OcelEvent(id=f"e{n:06}", type=name, at=at, objects=((f"c{case}", "of"),))
                for n, (case, name, at) in enumerate(rows)],
        objects=[OcelObject(id=f"c{case}", type="case") for case in dict.fromkeys(r[0] for r in rows)],
    )  # fmt: skip


@here
def test_the_receipt_log_has_the_figures_that_are_published_of_it():
    read = pl.read_parquet(DATA / "receipt.parquet").select(
        "case:concept:name", "concept:name", pl.col("time:timestamp").dt.replace_time_zone("UTC")
    )
    log = read_ocel(write_ocel(as_log(read.rows())), name="receipt")

    figures, ways = mined(flattened(log, "case"))

    # CoSeLoG receipt phase: 1,434 cases, 8,577 events, 27 activities, 116 variants
    assert figures == {"cases": 1434, "events": 8577, "activities": 27, "variants": 116}
    hand, same = by_hand(flattened(log, "case"))
    assert (ways, figures) == (dict(hand), same)


@here
def test_the_first_hundred_road_fines_are_mined_as_by_hand():
    text = (DATA / "roadtraffic100traces.csv").read_text(encoding="utf-8")
    rows = [
        (row["case:concept:name"], row["concept:name"],
         datetime.fromisoformat(row["time:timestamp"]).astimezone(UTC))
        for row in csv.DictReader(io.StringIO(text))
    ]  # fmt: skip
    log = flattened(as_log(rows), "case")

    figures, ways = mined(log)

    hand, same = by_hand(log)
    assert figures["cases"] == 100
    assert (ways, figures) == (dict(hand), same)


@here
@pytest.mark.release
def test_orders_packages_and_items_of_one_log_are_each_a_process_of_their_own():
    types = ("orders", "items", "packages", "customers", "products")
    objects, events = {}, []
    with (DATA / "ocel" / "ocel_order_simulated.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            told = []
            for kind in types:
                text = row[f"ocel:type:{kind}"].strip()
                for key in ast.literal_eval(text) if text else ():
                    objects[f"{kind}-{key}"] = kind
                    told.append((f"{kind}-{key}", "of"))
            at = datetime.fromisoformat(row["ocel:timestamp"])
            events.append(
                OcelEvent(id=row["ocel:eid"], type=row["ocel:activity"], at=at, objects=told)
            )
    log = OcelLog(
        events=events, objects=[OcelObject(id=k, type=t) for k, t in sorted(objects.items())]
    )
    log = read_ocel(write_ocel(log), name="orders")

    assert len(log.events) == len(events) == 22367
    assert Counter(one.type for one in log.objects)["orders"] == 2000
    figures, ways = mined(flattened(log, "orders"))
    hand, same = by_hand(flattened(log, "orders"))
    assert (ways, figures) == (dict(hand), same)
    assert figures["cases"] == 2000


@here
def test_the_beginning_of_the_loan_log_is_read_from_xes():
    with gzip.open(DATA / "bpic2012.xes.gz") as file:
        text = file.read(8_000_000).decode()
    cut = text[: text.rindex("</trace>") + len("</trace>")] + "</log>"
    log = read_xes(gzip.compress(cut.encode(), 1), name="bpic2012", with_transition=True)

    figures, ways = mined(log)

    hand, same = by_hand(log)
    assert figures["cases"] == len(log.names) > 200
    assert (ways, {**figures, "variants": 0}) == (dict(hand), {**same, "variants": 0})


@here
@pytest.mark.release
def test_the_whole_loan_log_and_an_order_to_cash_flow_have_their_known_figures():
    log = read_xes((DATA / "bpic2012.xes.gz").read_bytes(), name="bpic2012", with_transition=True)
    figures, ways = mined(log)
    assert (figures["cases"], figures["events"], figures["activities"]) == (13087, 262200, 36)
    assert ways == dict(by_hand(log)[0])

    with zipfile.ZipFile(DATA / "ocel" / "VBFA.zip") as archive:
        content = archive.read(archive.namelist()[0]).decode()
    links = list(csv.DictReader(io.StringIO(content)))
    assert len(links) == 167_766
    kinds = Counter(row["VBTYP_N"] for row in links)
    assert (kinds["U"], kinds["M"]) == (6_103, 66_885)
