"""The file outbox: one file per message id, whole or not at all."""

import pytest

from dunwell.connectors.outbox_files import write_eml


def test_a_message_handed_over_twice_stays_one_file_with_the_first_bytes(tmp_path):
    folder = tmp_path / "outbox"
    first = write_eml(folder, b"first", message_id="<1.7.2026-03-05.email@dunwell>")
    second = write_eml(folder, b"second", message_id="<1.7.2026-03-05.email@dunwell>")
    assert (first, second.read_bytes(), [path.name for path in folder.iterdir()]) == (
        second,
        b"first",
        ["1.7.2026-03-05.email_dunwell.eml"],
    )


@pytest.mark.parametrize("name", ["<../../etc/passwd@x>", "</root/x@y>", "<a\nb@c>", "<.@x>"])
def test_no_id_leads_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "outbox"
    path = write_eml(folder, b"text", message_id=name)
    assert (path.parent, path.read_bytes()) == (folder, b"text")


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path):
    (tmp_path / "outbox").write_text("a file is in the way")
    with pytest.raises(FileExistsError):
        write_eml(tmp_path / "outbox", b"text", message_id="<1@dunwell>")
