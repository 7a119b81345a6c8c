"""Mandates from a file on their pages: upload, every line judged, the ticked ones added."""

from dunwell.models import Mandate
from tests.actions.debit_rows import THEIRS
from tests.web.test_bank import text_of, upload

HEAD = "Mandatsreferenz;Kundennummer;IBAN;Unterschriftsdatum\n"
ADDRESS = "/mandates/upload/"


def lines(customer):
    return (
        f"{HEAD}M-1;{customer.number};{THEIRS};2026-01-31\nM-2;{customer.number};{THEIRS};\n"
        f"M-3;NOBODY;{THEIRS};\n"
    ).encode()


def sent(client, data, name="m.csv"):
    return upload(client, (name, data), address=ADDRESS, field="file")


def test_from_upload_over_the_lines_to_mandates(come_in, clerk, customer):
    client = come_in(clerk)
    assert "Bring in mandates" in text_of(client, "/mandates/")
    assert "column names in English or German" in text_of(client, ADDRESS)
    page = sent(client, lines(customer))["Location"]
    shown = text_of(client, page)
    for text in (
        "2 lines are new", "1 refused", "There is no customer NOBODY.", "active at once",
        "waits for its signature", customer.name,
    ):  # fmt: skip
        assert text in shown, text
    assert Mandate.objects.count() == 0
    answer = client.post(page, {"row": ["2"]}, follow=True)
    assert "1 mandate added; 0 known from before." in answer.text
    assert [m.reference for m in Mandate.objects.all()] == ["M-1"]
    # the same file again: what was added is known, the rest can still be added
    again = text_of(client, sent(client, lines(customer))["Location"])
    assert "1 line is new" in again and "known from before" in again


def test_refusals_stand_on_the_page(come_in, clerk, collector, customer):
    client = come_in(clerk)
    answer = sent(client, b"a,b\n1,2\n")
    assert answer.status_code == 422 and "no column is known as mandate reference" in answer.text
    assert client.post(ADDRESS).status_code == 422
    page = sent(client, lines(customer))["Location"]
    answer = client.post(page, {"row": ["4"]})
    assert answer.status_code == 422 and "There is no customer NOBODY." in answer.text
    assert client.get("/mandates/file/forged/").status_code == 404
    assert come_in(collector).get(ADDRESS).status_code == 403


def test_unclear_signature_days_are_asked_for(come_in, clerk, customer):
    client = come_in(clerk)
    data = f"{HEAD}M-1;{customer.number};{THEIRS};03/04/2026\n".encode()
    page = sent(client, data)["Location"]
    assert "day or month?" in text_of(client, page)
    assert "Jan 4, 2026" not in text_of(client, f"{page}?date_order=mdy")
    client.post(page, {"row": ["2"], "date_order": "mdy"})
    assert Mandate.objects.count() == 1


def test_the_template_is_read_by_the_upload(come_in, clerk, customer):
    client = come_in(clerk)
    for kind in ("csv", "xlsx"):
        data = client.get(f"/mandates/template.{kind}").getvalue()
        shown = text_of(client, sent(client, data, f"t.{kind}")["Location"])
        assert "There is no customer 10001." in shown


def test_the_page_asks_the_database_as_often_for_many_lines(
    come_in, clerk, customer, django_assert_num_queries
):
    client = come_in(clerk)
    page = sent(client, lines(customer))["Location"]
    many = HEAD + "".join(f"M-{n};{customer.number};{THEIRS};\n" for n in range(40))
    other = sent(client, many.encode())["Location"]
    for address in (page, other):
        with django_assert_num_queries(7):
            client.get(address)
