"""Name servers asked over real UDP on loopback: found, none, failed, silent."""

from dunwell.connectors.name_servers import name_servers
from dunwell.formats.mail_domain import Answer
from dunwell.formats.mail_domain_check import check_domain
from tests.connectors.zone_server import zone_server

ZONE = {
    ("acme.example", "TXT"): ['"v=spf1 include:" "_spf.mail.example -all"', '"other"'],
    ("_spf.mail.example", "TXT"): ['"v=spf1 ip4:192.0.2.1 -all"'],
    ("acme.example", "MX"): ["10 mx.acme.example.", "20 mx2.acme.example."],
    ("mx.acme.example", "A"): ["192.0.2.7"],
    ("_dmarc.acme.example", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@acme.example"'],
}


def test_records_come_as_text_with_their_parts_put_together():
    with zone_server(ZONE) as server:
        ask = name_servers([server])

        assert ask("acme.example", "TXT") == Answer(
            "found", ("other", "v=spf1 include:_spf.mail.example -all")
        )
        assert ask("ACME.example", "MX") == Answer(
            "found", ("10 mx.acme.example.", "20 mx2.acme.example.")
        )
        assert ask("mx.acme.example", "A") == Answer("found", ("192.0.2.7",))


def test_no_records_no_name_and_no_possible_name_are_none():
    with zone_server(ZONE) as server:
        ask = name_servers([server])

        assert ask("mx.acme.example", "TXT") == Answer("none")
        assert ask("nobody.example", "TXT") == Answer("none")
        assert ask(f"{'a' * 64}.example", "TXT") == Answer("none")
        assert ask("a..example", "TXT") == Answer("none")


def test_a_server_that_fails_or_is_silent_fails_within_its_time():
    with zone_server(ZONE, silent=["slow.example"], failing=["broken.example"]) as server:
        ask = name_servers([server], lifetime_seconds=0.3)

        assert ask("broken.example", "TXT") == Answer("failed")
        assert ask("slow.example", "TXT") == Answer("failed")


def test_the_same_question_is_asked_once():
    with zone_server(ZONE) as server:
        ask = name_servers([server], lifetime_seconds=1)
        first = ask("acme.example", "TXT")
    # nobody is there any more
    assert ask("acme.example", "TXT") == first
    assert ask("mx.acme.example", "A") == Answer("failed")


def test_a_domain_is_checked_over_the_wire():
    with zone_server(ZONE) as server:
        findings = check_domain("acme.example", name_servers([server]))

    assert [found.code for found in findings] == [
        "spf_good",
        "dkim_unknown",
        "dmarc_good",
        "aligned_spf",
        "mx_good",
    ]
