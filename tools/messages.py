"""Collect every text that pages show into the message catalogs: `python -m tools.messages`.

Django's own makemessages needs GNU gettext on the machine; this reads templates and code
with Babel alone, so that the tests can prove the German catalog complete anywhere.
"""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import django
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
django.setup()

from dunwell.templatetags.sentences import CONTEXT  # noqa: E402 -- Django must be set up first
from tools.sentences import sentences  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "dunwell"
LANGUAGES = ("de",)
FIXED = datetime(2026, 1, 1, tzinfo=UTC)
"""Dates in the header would change with every run."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


@cache
def found() -> tuple[tuple[str, int, object, str | None], ...]:
    """Return (file, line, text or texts, context) of every translatable text of the product."""
    return tuple(_read_files())


def _read_files() -> Iterator[tuple[str, int, object, str | None]]:
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py":
            code = path.read_bytes()
            # most of the code says nothing to people, and reading it takes long
            if b"gettext" not in code:
                continue
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # what is left of the page's indentation would be a syntax error
            code = "\n".join(line.strip() for line in text.splitlines()).encode()
        else:
            continue
        name = path.relative_to(ROOT).as_posix()
        for line, texts, _comments, context in extract("python", io.BytesIO(code), KEYWORDS):
            yield name, line, texts, context
    for name, sentence in sentences():
        yield name, 0, sentence, CONTEXT


def template_catalog() -> Catalog:
    """Return the catalog of all texts, without translations."""
    catalog = Catalog(project="Dunwell", charset="utf-8", fuzzy=False)
    for name, _line, text, context in found():
        if text and (text if isinstance(text, str) else text[0]):
            # files only: line numbers would change the catalogs with every edit
            catalog.add(text, locations=[(name, 0)], context=context)
    return catalog


def catalog_path(language: str) -> Path:
    """Return where a language's catalog lies."""
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalog(language: str) -> Catalog:
    """Return a language's catalog, empty if there is none yet."""
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def _is_whole(translated: str | Sequence[str] | None) -> bool:
    return all([translated] if isinstance(translated, str | None) else translated)


def main() -> int:
    """Bring every catalog up to date and say how much is untranslated."""
    template = template_catalog()
    missing = 0
    for language in LANGUAGES:
        catalog = read_catalog(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.fuzzy = False
        catalog.project, catalog.header_comment = "Dunwell", f"# {language}: texts of Dunwell"
        catalog.creation_date = catalog.revision_date = FIXED
        path = catalog_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            pofile.write_po(file, catalog, width=99, sort_output=True, omit_header=False)
        # of a count there are several forms, and each may be missing
        untranslated = [one.id for one in catalog if one.id and not _is_whole(one.string)]
        missing += len(untranslated)
        sys.stdout.write(f"{language}: {len(catalog)} texts, {len(untranslated)} to translate\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
