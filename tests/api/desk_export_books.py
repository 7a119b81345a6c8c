"""Two full exports of a company, for the calls about them."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from dunwell.jobs.desk_export_runs import DONE, ExportRun


def keep_desk_exports(company, tag="", *, at):
    """Lay two finished exports, as they lie on the disk; return path parameter -> key."""
    folder = Path(settings.DATA_DIR) / "exports" / str(company.pk)
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"kept{tag}one".lower(), f"kept{tag}two".lower()]
    for name in names:
        run = ExportRun(
            id=name, form="csv", is_opened=False, by="ada", user_id=None, begun_at=at, status=DONE,
            ended_at=at, kept_until=at + timedelta(days=3650), size_bytes=2, sha256="0" * 64,
        )  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(asdict(run), default=str))
        (folder / f"{name}.zip").write_bytes(b"PK")
    return {"desk_export_id": names[0], "other_desk_export_id": names[1]}
