"""Every figure of a model stands with its 95 % interval: league, card and weekly check."""

from dataclasses import replace

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.ml.league import league
from dunwell.ml.league_document import league_document
from dunwell.ml.trials import Protocol, back_tested
from tests.actions.test_model_versions import trained
from tests.conftest import AT
from tests.ml.books import sample_history
from tests.web.test_models import CARD, LEAGUE

SIDES = ("low", "high")


def test_every_figure_stands_with_its_interval(come_in, reader, company):
    book = sample_history(items=400, customers=15)
    tested = back_tested(book, seed=7, protocol=Protocol(snapshots=3, step_days=7, refit_days=21))
    found = league(tested.backtest)
    document = league_document(tested.backtest, found, chosen=found.serves, champion="")
    made = replace(trained(), league=document, card=CARD)
    record_model_version(actor=system(company), trained=made, at=AT)
    client, shown = come_in(reader), set()
    for scope in ("new", "open", "cold", "book"):
        page = client.get(f"/models/?scope={scope}").text
        table = page.partition("Every figure with its 95 % interval</summary>")[2]
        table = table.partition("</table>")[0]
        assert table.count("<tbody>") == table.count('scope="rowgroup"') > 4
        shown |= {(scope, row) for row in range(table.count('<th scope="row">'))}
        # all customers of this book have paid before
        assert ("<small>" in table) == (scope != "cold")
    # one row per figure of a model's results
    (intervals,) = {tuple(row["figures"]["intervals"]) for row in document["rows"]}
    assert len(shown) == len(intervals) > 130


def test_segments_and_calibration_show_intervals_where_they_were_kept(come_in, reader, company):
    ends = {f"{name}_{side}_ppm": 650_000 for name in ("told", "seen", "ece") for side in SIDES}
    segments = [row | {"model_low": 6.1, "model_high": 9.4} for row in CARD["segments"]]
    calibrated = [row | ends | {"ece_high_ppm": 31_000} for row in CARD["calibration"]]
    card = {**CARD, "segments": segments, "calibration": calibrated}
    made = replace(trained(), league=LEAGUE, card=card)
    version = record_model_version(actor=system(company), trained=made, at=AT)
    client = come_in(reader)
    calibration = client.get("/models/").text
    shown = client.get(f"/models/{version.pk}/").text

    dash = "\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}"
    space = "\N{NO-BREAK SPACE}"
    assert f"<span>69{space}%<small>65{space}%{dash}65{space}%</small></span>" in calibration
    assert f"88{space}%</span><small>85{space}%{dash}90{space}%</small>" in calibration
    assert f"7.5</span><small>6.1{dash}9.4</small>" in shown
    assert "<span>5.6</span>" in shown
