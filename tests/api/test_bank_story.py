"""A program's way with bank files: send, see, decide; advices linked; gaps explained."""

from tests.actions.bank_rows import MONDAY, days, line, sta
from tests.actions.test_remittances import ADVICE


def rows(program, path):
    answer = program.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()["rows"]


def test_files_are_sent_shown_and_sent_again(as_clerk, as_rival):
    data = sta(1, 0, line(50_00, "Acme", "INV-1", ref="B1"), line(-1_00, "Grocer"))
    sent = as_clerk.upload("/bank/files", [("a.sta", data), ("b.sta", b":20:X\n:25:1\nno\n")])
    again = as_clerk.upload("/bank/files", [("c.sta", data)])
    good, bad = sent.json()["ids"]

    assert (sent.status_code, again.json()) == (202, {"ids": [good]})
    card = as_clerk.get(f"/bank/files/{good}").json()
    assert (card["row"]["status"], card["counts"]["payments"]) == ("read", 1)
    assert as_clerk.get(f"/bank/files/{bad}").json()["row"]["error"].startswith("b.sta: ")
    assert [row["id"] for row in rows(as_clerk, "/bank/files")] == [bad, good]
    assert as_rival.get(f"/bank/files/{good}").status_code == 404

    (account,) = as_clerk.get("/bank/accounts").json()
    assert (account["covers_until_on"], account["closing_minor"], account["ties"]) == (
        str(MONDAY), 49_00, True,
    )  # fmt: skip
    (statement,) = rows(as_clerk, f"/bank/statements?account_id={account['id']}")
    shown = as_clerk.get(f"/bank/statements/{statement['id']}").json()
    assert (shown["listed_minor"], shown["ties"]) == (49_00, True)
    assert len(rows(as_clerk, f"/bank/statements?file_id={good}")) == 1


def test_an_entry_is_decided_and_a_refusal_says_why(as_clerk):
    as_clerk.upload("/bank/files", [("a.sta", sta(1, 0, line(50_00, "Acme")))])
    (entry,) = rows(as_clerk, "/bank/entries?treatment=payment")
    path = f"/bank/entries/{entry['id']}/decide"
    refused = as_clerk.post(path, {"treatment": "other"})
    done = as_clerk.post(path, {"treatment": "other", "reason": "a tax refund"})

    assert (refused.status_code, done.json()) == (422, {"changed": 1})
    assert "Say why" in refused.json()["detail"]
    assert [row["treatment"] for row in rows(as_clerk, "/bank/entries?search=acme")] == ["other"]


def test_a_gap_is_explained_by_an_admin(as_clerk, as_admin):
    chain = days(3)
    as_clerk.upload("/bank/files", [("a.sta", chain[0]), ("c.sta", chain[2])])
    (account,) = as_clerk.get("/bank/accounts").json()
    assert (account["gaps"], account["missing_minor"]) == (1, 10_00)
    last = rows(as_clerk, "/bank/statements")[0]
    path = f"/bank/statements/{last['id']}/explain"
    body = {"code": "statement_gap", "reason": "lost by the bank"}
    assert as_clerk.post(path, body).status_code == 403
    assert as_admin.post(path, body).json() == {"changed": 1}
    assert as_admin.get("/bank/accounts").json()[0]["gaps"] == 0


def test_a_file_without_a_currency_is_read_again_with_it(as_clerk):
    qif = b"!Type:Bank\nD03/13/2026\nT12.50\nPAcme\nMINV-1\n^\n"
    (key,) = as_clerk.upload("/bank/files", [("x.qif", qif)]).json()["ids"]
    read = as_clerk.post(f"/bank/files/{key}/read", {"currency": "USD"}).json()
    assert (read["row"]["status"], read["row"]["entries"]) == ("read", 1)


def test_an_advice_is_sent_linked_and_taken_off(as_clerk):
    two = sta(1, 0, line(50_00, "Beta", "a"), line(50_00, "Gamma", "b"))
    as_clerk.upload("/bank/files", [("a.sta", two)])
    (key,) = as_clerk.upload("/remittances", [("advice.txt", ADVICE)]).json()["ids"]
    card = as_clerk.get(f"/remittances/{key}").json()
    offers = {one["payer"]: one["id"] for one in card["offers"]}

    assert offers.keys() == {"Beta", "Gamma"}
    assert as_clerk.post(f"/remittances/{key}/link", {"payment_id": offers["Beta"]}).json() == {
        "changed": 1
    }
    assert [row["id"] for row in rows(as_clerk, "/remittances?scope=linked")] == [key]
    assert as_clerk.post(f"/remittances/{key}/unlink").json() == {"changed": 1}
    assert [row["id"] for row in rows(as_clerk, "/remittances?scope=open")] == [key]
    wrong = as_clerk.upload("/remittances", [("a.txt", b"hello"), ("b.txt", ADVICE)])
    assert wrong.json()["detail"] == "Send one advice at a time."
    unread = as_clerk.upload("/remittances", [("x.txt", b"hello")])
    assert (unread.status_code, "names no document" in unread.json()["detail"]) == (422, True)
