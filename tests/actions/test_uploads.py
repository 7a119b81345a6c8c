"""Uploads are kept byte for byte under names of our own."""

import hashlib

import pytest
from django.conf import settings

from dunwell.actions.gate import Forbidden, Refused, staff
from dunwell.actions.uploads import Upload, receive_upload, upload_path
from dunwell.models import Event, ImportBatch
from tests.conftest import AT


def test_an_upload_is_kept_as_it_came_and_named_by_its_hash(company, clerk):
    data = b"=cmd|'/c calc'!A0\x00\xff"
    files = [Upload(name="../../etc/passwd", data=data), Upload(name="b.csv", data=b"1")]

    batch = receive_upload(actor=staff(clerk, company), files=files, at=AT)

    sha = hashlib.sha256(data).hexdigest()
    assert batch.files == [
        {"name": "passwd", "sha256": sha, "size": len(data)},
        {"name": "b.csv", "sha256": hashlib.sha256(b"1").hexdigest(), "size": 1},
    ]
    assert upload_path(sha).read_bytes() == data
    assert upload_path(sha).parent == settings.DATA_DIR / "uploads"
    assert not list(upload_path(sha).parent.glob("*.part"))
    assert (batch.status, batch.user, batch.size_bytes) == ("uploaded", clerk, len(data) + 1)
    assert Event.objects.get().verb == "import.uploaded"


def test_the_order_of_files_does_not_matter_for_knowing_them_again(company, clerk):
    one, two = Upload(name="a", data=b"1"), Upload(name="b", data=b"2")
    actor = staff(clerk, company)
    first = receive_upload(actor=actor, files=[one, two], at=AT)
    assert receive_upload(actor=actor, files=[two, one], at=AT).sha256 == first.sha256


def test_what_cannot_be_taken_is_refused_and_leaves_no_batch(
    company, clerk, collector, monkeypatch
):
    monkeypatch.setattr(settings, "IMPORT_LIMIT_BYTES", 3 * 1024 * 1024)
    actor = staff(clerk, company)
    for files, message in [
        ([], "No file was sent"),
        ([Upload(name="x.csv", data=b"")], "x.csv is empty"),
        ([Upload(name="x", data=b"1")] * 51, "51 files are too many"),
        ([Upload(name="x", data=bytes(4 * 1024 * 1024))], "4 MB together; 3 MB are allowed"),
    ]:
        with pytest.raises(Refused, match=message):
            receive_upload(actor=actor, files=files, at=AT)
    with pytest.raises(Forbidden, match=r"items\.import"):
        receive_upload(actor=staff(collector, company), files=[Upload(name="x", data=b"1")], at=AT)
    assert ImportBatch.objects.count() == 0
