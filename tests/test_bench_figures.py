"""What the bench is asked for, how figures grow, and when a target is met."""

import pytest

from bench.figures import growth, is_met, table, target
from bench.options import read_options


def test_the_command_line_names_sizes_databases_and_backends():
    words = ["--sizes", "10k,1m", "--db", "postgres,sqlite", "--backend", "polars,duckdb"]
    asked = read_options(["import", "match"], [*words, "--only", "match"])
    assert (asked.sizes, asked.db) == ((10_000, 1_000_000), ("postgresql", "sqlite"))
    assert (asked.backend, asked.only) == (("polars", "duckdb"), ("match",))
    old = read_options(["import"], ["100000", "--postgresql"])
    assert (old.sizes, old.db) == ((100_000,), ("sqlite", "postgresql"))


@pytest.mark.parametrize("words", [["--sizes", "10q"], ["--db", "oracle"], ["--only", "nothing"]])
def test_a_word_that_is_not_known_ends_the_session_with_what_is_wrong(words, capsys):
    with pytest.raises(SystemExit):
        read_options(["import"], words)
    assert words[1] in capsys.readouterr().err


def test_growth_is_the_exponent_between_neighbouring_sizes():
    figures = [
        {"measure": "import", "db": "sqlite", "size": size, "cpu_s": cpu}
        for size, cpu in ((100_000, 20.0), (10_000, 2.0))
    ]
    assert growth(figures) == [
        {"growth": "import", "db": "sqlite", "from": 10_000, "to": 100_000, "exponent": 1.0}
    ]


def test_of_what_is_counted_in_lines_a_line_is_compared():
    one = {"measure": "match", "db": "sqlite"}
    figures = [
        one | {"size": 10_000, "cpu_s": 2.0, "ms_per_line": 2.0},
        one | {"size": 100_000, "cpu_s": 40.0, "ms_per_line": 4.0},
    ]
    assert [line["exponent"] for line in growth(figures)] == [0.3]


def test_a_target_is_met_or_not_and_is_told_in_the_table():
    figure = {"measure": "night_results", "db": "sqlite", "size": 1_000_000, "cpu_s": 6.5}
    figure["target"] = target("night_results", 1_000_000)
    assert is_met(figure) is False
    assert table([figure]).splitlines()[1].split() == (
        ["night_results", "sqlite", "1,000,000", "6.5", "cpu", "s", "6", "NO"]
    )
    assert target("night_results", 10_000) is None


def test_a_rate_is_met_from_its_bound_upwards():
    figure = {"measure": "post_invoices", "per_cpu_s": 4_999.0}
    figure["target"] = target("post_invoices", 100_000)
    assert [is_met(figure | {"per_cpu_s": rate}) for rate in (4_999.0, 5_000.0)] == [False, True]
