"""`dunwell read-message`: what a message is about, and its days, amounts and numbers."""

import json

import pytest

from dunwell import cli


def test_a_message_is_read_with_what_stands_in_it(tmp_path, capsys):
    path = tmp_path / "mail.txt"
    path.write_text("Hello,\nwe will pay INV 20418 (1,250.00) by the 15th.\nAnn", encoding="utf-8")
    arguments = ["read-message", str(path), "--day", "2026-11-26", "--language", "en"]
    known = ["--currency", "eur", "--item", "INV-20418"]

    assert cli.main([*arguments, *known, "--format", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["label"], told["labels"], told["is_sure"]) == ("promise", ["promise"], True)
    assert [(one["kind"], one["value"], one["quote"]) for one in told["extracts"]] == [
        ("item", "INV-20418", "INV 20418"),
        ("amount", "125000 EUR", "1,250.00"),
        ("date", "2026-12-15", "15th"),
    ]
    assert cli.main([*arguments, *known]) == 0
    assert "about      promise" in capsys.readouterr().out


def test_of_a_message_it_does_not_understand_it_says_so(tmp_path, capsys):
    path = tmp_path / "mail.txt"
    path.write_text("blah", encoding="utf-8")

    assert cli.main(["read-message", str(path), "--day", "2026-11-26"]) == 0
    assert "not sure: a person should say it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe\x00", "the file is no UTF-8 text"), (b"x" * 1_000_001, "1000000 can be read")],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, capsys, content, says):
    path = tmp_path / "mail.bin"
    path.write_bytes(content)

    assert cli.main(["read-message", str(path), "--day", "2026-11-26"]) == 2
    assert says in capsys.readouterr().err
