"""Numbers as customers write them, and structured references proved by their check digits."""

import pytest

from dunwell.engine.matching.check_digits import structured_references
from dunwell.engine.matching.inputs import ITEM_COLUMNS, ITEM_TEXTS, Item, with_texts
from dunwell.engine.matching.references import Grade, NumberIndex, is_near, number_forms
from dunwell.engine.matching.shortlist import items_of
from tests.engine.match_frames import item, items


def index(*numbers, **more):
    rows = items(*(item(number, **more) for number in numbers)).collect()
    return NumberIndex(
        items_of(with_texts(rows, ITEM_COLUMNS, ITEM_TEXTS, name="items").collect())
    )


def named(text, *numbers, **more):
    return {m.item_id: m.grade for m in index(*numbers, **more).mentions(text)}


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("INV-2024-0112", Grade.EXACT),
        ("inv 2024/0112", Grade.EXACT),
        ("INV20240112", Grade.EXACT),
        ("payment INV-2024-0112 thank you", Grade.EXACT),
        ("/RFB/INV-2024-0112", Grade.EXACT),
        ("INV-2024-011 2", Grade.EXACT),
        ("INV-2024-112", Grade.STRIPPED),
        ("Rechnung 2024-112", Grade.STRIPPED),
        ("20240112", Grade.STRIPPED),
        ("Invoice #112", Grade.BARE),
        ("0112", Grade.BARE),
        ("12", Grade.NONE),
        ("INV-2024-0121", Grade.NONE),
        ("AB-2023-0112", Grade.NONE),
    ],
)
def test_a_number_is_recognised_as_surely_as_it_is_written(text, grade):
    assert named(text, "INV-2024-0112").get("INV-2024-0112", Grade.NONE) == grade


def test_two_numbers_side_by_side_are_not_read_as_one():
    found = named("INV-00000001 00000002", "INV-00000001", "INV-00000002", "INV-00000012")
    assert found["INV-00000001"] == Grade.EXACT
    assert found["INV-00000002"] == Grade.STRIPPED
    assert found.get("INV-00000012", Grade.NONE) <= Grade.BARE


def test_a_cheque_number_names_no_item():
    assert named("CK# 1067 EFT-1067", "INV-01067") == {}
    assert named("check INV-01067", "INV-01067") == {"INV-01067": Grade.EXACT}


def test_the_customers_own_order_number_names_the_item():
    assert named("PO-9901 balance due", "INV-1", reference="PO-9901") == {"INV-1": Grade.EXACT}


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("INV-00500", True),
        ("INV-50050", True),
        ("INV-0050", False),
        ("INV-00051", True),
        ("INV-00550", True),
        ("INV-00123", False),
        ("PO-00051", True),
        ("AB-00051", False),
    ],
)
def test_one_slip_of_the_hand_is_near_and_two_are_not(text, near):
    assert is_near(text, Item(**item("INV-00050"))) is near


@pytest.mark.parametrize(
    ("text", "standard", "body"),
    [
        ("RF18 5390 0754 7034", "rf", "539007547034"),
        ("RF18539007547034", "rf", "539007547034"),
        ("21 00000 00003 13947 14300 09017", "qr", "21000000000313947143000901"),
        ("+++010/8068/17183+++", "belgian", "0108068171"),
        ("1234561", "finnish", "123456"),
        ("79927398713", "luhn", "7992739871"),
    ],
)
def test_structured_references_are_read_with_right_check_digits(text, standard, body):
    found = structured_references(text)
    assert [(one.standard, one.body) for one in found] == [(standard, body)]


@pytest.mark.parametrize("text", ["RF19 5390 0754 7035", "+++010/8068/17182+++", "no number"])
def test_wrong_check_digits_are_no_structured_reference(text):
    assert not [o for o in structured_references(text) if o.standard in {"rf", "qr", "belgian"}]


def test_a_structured_reference_names_the_item_it_carries():
    assert named("RF18 5390 0754 7034", "539007547034") == {"539007547034": Grade.EXACT}
    assert named(
        "210000000003139471430009017", "INV-7", reference="210000000003139471430009017"
    ) == {"INV-7": Grade.EXACT}


def test_the_forms_of_a_number_say_what_is_compared():
    forms = number_forms("INV-2024-0112")
    assert (forms.plain, forms.stripped, forms.letters) == ("INV20240112", "INV2024112", "INV")
    assert (forms.core, forms.tail, forms.digits) == ("2024112", "112", "20240112")
    assert number_forms("12INV34").core == ""
