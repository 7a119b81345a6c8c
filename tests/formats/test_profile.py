"""Saved import profiles: a document a person can edit, checked when it is read."""

import json

import pytest

from dunwell.formats.findings import LedgerError
from dunwell.formats.ledger import read_ledger
from dunwell.formats.profile import Profile, RoleProfile, read_profile

FULL = Profile(
    name="our ERP",
    date_order="dmy",
    decimal=",",
    encoding="cp1252",
    delimiter=";",
    sheet="Open items",
    default_currency="EUR",
    roles={
        "items": RoleProfile(columns={"Beleg": "item_number", "Rest": ""}, date_order="mdy"),
        "customers": RoleProfile(columns={"Kunde": "customer_number"}, decimal="."),
    },
)


def test_a_profile_survives_yaml_and_json() -> None:
    assert read_profile(FULL.as_yaml()).as_dict() == FULL.as_dict()
    assert read_profile(json.dumps(FULL.as_dict())).as_dict() == FULL.as_dict()
    assert read_profile(FULL.as_dict()).roles["items"].columns == {
        "Beleg": "item_number",
        "Rest": "",
    }
    assert Profile().as_dict() == {}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("- a", "must be a document"),
        ("a: [", "not valid YAML"),
        ("colour: red", "unknown key 'colour'"),
        ("date_order: ymd", "must be dmy or mdy"),
        ("decimal: ;", "must be"),
        ("name: 5", "name must be a text"),
        ("default_currency: Taler", "not an ISO 4217"),
        ("roles: [a]", "roles must map"),
        ("roles: {shoes: {}}", "'shoes' is not a role"),
        ("roles: {items: {colour: red}}", "unknown key 'colour' in role items"),
        ("roles: {items: {columns: [a]}}", "must map a column"),
        ("roles: {items: {columns: {A: shoe_size}}}", "'shoe_size' for column 'A'"),
        ("roles: {items: {date_order: x}}", "profile, role items"),
    ],
)
def test_what_a_profile_may_not_say_is_named(document: str, says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        read_profile(document)


def test_a_profile_reads_a_file_that_detection_alone_could_not() -> None:
    data = "Offen\nBeleg;Wer;Wann;Wieviel\nA1;Müller;05/06/2026;1,500\n".encode("cp1252")
    told = read_profile(
        "date_order: dmy\ndecimal: ','\nencoding: cp1252\ndelimiter: ';'\ndefault_currency: KWD\n"
        "roles:\n  items:\n    columns: {Beleg: item_number, Wer: customer_number, Wann: issued, Wieviel: amount}\n"
    )
    read = read_ledger([("f.csv", data)], told)
    assert read.items.select("number", "customer_number", "currency", "amount_minor").rows() == [
        ("A1", "Müller", "KWD", 1500)
    ]
    assert read.items["issued_day"].to_list() == [20609]
