"""Every page loads the file of styles that its parts are drawn by."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = settings.PACKAGE / "templates"
STYLES = settings.PACKAGE / "static"
INCLUDED = re.compile(r'{% include "([^"]+)"')
EXTENDED = re.compile(r'{% extends "([^"]+)"')
NAMED = re.compile(r"\.([a-zA-Z][\w-]*)")


def test_no_page_uses_a_class_of_a_file_that_it_does_not_load():
    """Its lists had bullets and its bars were black boxes where the class stood elsewhere only."""
    files = defined()
    assert len(files) > 200
    missing = {
        str(path.relative_to(TEMPLATES)): sorted(
            name for name in used(path) & files.keys() if not files[name] & loaded(path)
        )
        for path in sorted(TEMPLATES.rglob("*.html"))
        if (TEMPLATES / "web/document.html") in above(path)
    }
    assert len(missing) > 300
    assert {page: names for page, names in missing.items() if names} == {}


def defined() -> dict[str, set[str]]:
    """Classes of our own files, each with the files that say how it looks."""
    found: dict[str, set[str]] = {}
    shared = set(NAMED.findall((STYLES / "vendor/tabler.min.css").read_text()))
    for path in (STYLES / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.DOTALL)
        for name in set(NAMED.findall(text)) - shared:
            found.setdefault(name, set()).add(path.name)
    return found


def above(path: Path) -> tuple[Path, ...]:
    """The page and all of ours that it extends."""
    if not path.exists():
        return ()
    found = EXTENDED.search(path.read_text())
    return (path, *above(TEMPLATES / found[1])) if found else (path,)


def parts(path: Path) -> tuple[Path, ...]:
    """The template and all that it includes by name."""
    names = INCLUDED.findall(path.read_text())
    inner = [TEMPLATES / name for name in names if TEMPLATES / name != path]
    return (path, *(one for part in inner if part.exists() for one in parts(part)))


def used(path: Path) -> set[str]:
    """Classes that stand in the page or in a part of it."""
    text = "".join(part.read_text() for part in parts(path))
    told = " ".join(re.findall(r'class="([^"]*)"', text))
    return set(re.sub(r"{%.*?%}|{{.*?}}", " ", told).split())


def loaded(path: Path) -> set[str]:
    """Files of styles that the page names, itself or in what it extends."""
    text = "".join(part.read_text() for page in above(path) for part in parts(page))
    return set(re.findall(r"css/(\w+\.css)", text))
