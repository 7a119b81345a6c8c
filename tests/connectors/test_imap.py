"""Reading a folder of an IMAP server, against one on loopback."""

import pytest

from dunwell.connectors import imap
from dunwell.connectors.imap import ImapError, ImapServer, imap_folder
from tests.connectors.imap_server import imap_server


@pytest.fixture
def account():
    with imap_server() as found:
        yield found


def server(account, **changes):
    told = {
        "host": "127.0.0.1",
        "port": account.port,
        "user": account.user,
        "password": account.password,
        "is_encrypted": False,
        "timeout_seconds": 5.0,
    }
    return ImapServer(**{**told, **changes})


def test_only_mails_behind_the_place_are_new_and_none_is_marked_or_deleted(account):
    for number in range(3):
        account.put(b"Subject: %d\r\n\r\nx" % number)
    with imap_folder(server(account)) as folder:
        uids = folder.new_uids(1)
        mails = list(folder.fetch(uids))
    assert (folder.uid_validity, uids) == (100, [2, 3])
    assert [(mail.uid, mail.data, mail.is_whole) for mail in mails] == [
        (2, b"Subject: 1\r\n\r\nx", True),
        (3, b"Subject: 2\r\n\r\nx", True),
    ]
    assert set(account.commands) == {
        "CAPABILITY", "LOGIN", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT",
    }  # fmt: skip


def test_nothing_is_new_behind_the_last(account):
    account.put(b"x")
    with imap_folder(server(account)) as folder:
        assert folder.new_uids(1) == []


def test_a_mail_that_is_gone_is_left_out(account):
    uid = account.put(b"x")
    with imap_folder(server(account)) as folder:
        del account.folders["INBOX"][uid]
        assert list(folder.fetch([uid])) == []


def test_of_a_mail_that_is_too_large_the_headers_are_fetched(account, monkeypatch):
    monkeypatch.setattr(imap, "MOST_BYTES", 40)
    account.put(b"Subject: big\r\n\r\n" + b"x" * 60)
    with imap_folder(server(account)) as folder:
        (mail,) = folder.fetch([1])
    assert (mail.data, mail.is_whole) == (b"Subject: big\r\n\r\n", False)


def test_mails_are_moved_where_a_folder_is_named(account):
    account.folders["Read"] = {}
    account.put(b"x")
    with imap_folder(server(account, move_to="Read")) as folder:
        folder.move([1])
    assert account.folders == {"INBOX": {}, "Read": {1: b"x"}}


def test_many_numbers_are_asked_for_in_windows(account, monkeypatch):
    monkeypatch.setattr(imap, "WINDOW", 2)
    for _ in range(5):
        account.put(b"x")
    with imap_folder(server(account)) as folder:
        assert folder.new_uids(0) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "refused the sign-in of desk@seller.example: .*wrong user"),
        ({"folder": "Nowhere"}, "has no folder Nowhere: .*no such folder"),
        ({"move_to": "Nowhere"}, "could not move mails to Nowhere"),
    ],
)
def test_what_the_server_refuses_is_said(account, changes, said):
    account.put(b"x")
    with (
        pytest.raises(ImapError, match=said),
        imap_folder(server(account, **changes)) as folder,
    ):
        folder.move([1])


@pytest.mark.parametrize("fails_at", ["LOGIN", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_server_that_hangs_up_is_an_error(account, fails_at):
    account.put(b"x")
    account.fails_at = fails_at
    with pytest.raises(ImapError), imap_folder(server(account)) as folder:
        list(folder.fetch(folder.new_uids(0)))


def test_a_server_that_is_not_there_is_an_error():
    told = ImapServer(host="127.0.0.1", port=1, user="a", password="b", is_encrypted=False)
    with pytest.raises(ImapError, match="127.0.0.1:1 could not be used"), imap_folder(told):
        pass


def test_a_password_is_not_sent_where_encryption_is_wanted_and_not_offered(account):
    told = "does not speak TLS from the first byte; give its port for that"
    with (
        pytest.raises(ImapError, match=told),
        imap_folder(server(account, is_encrypted=True)),
    ):
        pass
    assert "LOGIN" not in account.commands
