"""Workbooks of planning as downloads."""

import re

from django.http import HttpResponse

from dunwell.web.exports import KINDS


def workbook_response(data: bytes, *, name: str) -> HttpResponse:
    """Return an XLSX as a download."""
    response = HttpResponse(data, content_type=KINDS["xlsx"])
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", name)
    response["Content-Disposition"] = f'attachment; filename="{safe}.xlsx"'
    return response
