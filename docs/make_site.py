"""Builds the site from the documents: `python docs/make_site.py [FOLDER]`, as `dev.py docs` does.

The documents stay Markdown that reads well where the code is. What a generator reads otherwise is
changed in a copy: links into the source, which a site does not have, become plain text, and what
stands in a list is set in by four columns. Every warning of the generator ends the build, and so
does a link, anchor or picture that is not there and anything a page would fetch from elsewhere.
"""
# ruff: noqa: INP001 -- a script beside the text it builds, not a package

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
AT_THE_TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
HEADS = {2: 0, 3: 1}
"""Headings of the index that open a part of the navigation, and how deep."""
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
BULLET = re.compile(r"(\*|-|\d+\.) +")
FENCE = re.compile(r"(?m)^( *)(```|~~~)[^\n]*\n.*?^\1\2[ ]*$", re.DOTALL)


class Broken(Exception):
    """The documents cannot become a site; the text says where and what to do."""


@cache
def pages() -> tuple[Path, ...]:
    """Return every document that is part of the site, in the order of their names."""
    return (*(ROOT / name for name in AT_THE_TOP), *sorted(DOCS.rglob("*.md")))


def navigation(index: str) -> list[object]:
    """Return the parts of the index as the generator's navigation: name -> page or part.

    A heading of the second level is a part, one of the third a part of it, and a line of a list a
    page. Raises Broken where a page stands in it twice.
    """
    parts: list[list[object]] = [[]]
    seen: set[str] = set()
    for line in index.splitlines():
        if head := re.match(r"(#{2,3}) (.+)", line):
            depth = HEADS[len(head[1])]
            inner: list[object] = []
            del parts[depth + 1 :]
            parts[depth].append({head[2]: inner})
            parts.append(inner)
        elif page := re.match(r"\* \[(.+?)\]\(([^)#]+\.md)\)", line):
            if page[2] in seen:
                raise Broken(f"docs/README.md: {page[2]} stands in it twice; remove one.")
            seen.add(page[2])
            parts[-1].append({page[1]: (DOCS / page[2]).resolve().relative_to(ROOT).as_posix()})
    return parts[0]


def as_toml(value: object) -> str:
    """Return names, lists and tables as one line of TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {as_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def in_site(text: str, path: Path) -> str:
    """Return a page as the generator reads it: without links into the source, lists set in."""
    known = set(pages())

    def kept(link: re.Match[str]) -> str:
        target = link[2]
        if target.startswith(("https://", "http://", "mailto:")) or not target:
            return link[0]
        found = (path.parent / target).resolve()
        if not found.exists():
            raise Broken(f"{path.relative_to(ROOT)}: {target} is not there.")
        return link[0] if found in known or found.is_relative_to(DOCS / "img") else link[1]

    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [LINK.sub(kept, text[end : fence.start()]), fence[0]]
        end = fence.end()
    parts.append(LINK.sub(kept, text[end:]))
    return "\n".join(set_in("".join(parts))) + "\n"


def set_in(text: str) -> Iterator[str]:
    """Yield the lines; what belongs to an item of a list stands four columns in."""
    width, is_code = 0, False
    for line in text.splitlines():
        if line.startswith("```"):
            is_code = not is_code
        if is_code or not line.strip():
            yield line
        elif bullet := BULLET.match(line):
            width = len(bullet[0])
            yield line
        elif width and line.startswith(" " * min(width, 4)):
            yield " " * max(4 - width, 0) + line
        else:
            width = 0 if not line.startswith(" ") else width
            yield line


def copy(work: Path) -> None:
    """Write the pages, pictures and the configuration the generator reads."""
    place = work / "pages"
    for page in pages():
        target = place / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(in_site(page.read_text(encoding="utf-8"), page), encoding="utf-8")
    shutil.copytree(DOCS / "img", place / "docs" / "img")
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    nav: list[object] = [{"Start": ["README.md", "docs/README.md"]}, *navigation(index)]
    nav.append({"Project": [{"Contributing": "CONTRIBUTING.md"}, {"Changes": "CHANGELOG.md"},
                            {"Reporting a hole": "SECURITY.md"}]})  # fmt: skip
    told = (DOCS / "zensical.toml").read_text(encoding="utf-8")
    (work / "zensical.toml").write_text(
        told.replace("[project]\n", f"[project]\nnav = {as_toml(nav)}\n", 1), encoding="utf-8"
    )


def faults(folder: Path) -> list[str]:
    """Return what is wrong with a built site: a dead link or anchor, something fetched outside."""
    trees = {path: html.parse(str(path)).getroot() for path in sorted(folder.rglob("*.html"))}
    names = {
        path: {*tree.xpath("//@id"), *tree.xpath("//a/@name")} for path, tree in trees.items()
    }
    found = []
    for path, tree in trees.items():
        fetched = tree.xpath("//@src | //link[@rel='stylesheet' or @rel='icon']/@href")
        for target in {*fetched, *tree.xpath("//a/@href")}:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if target in fetched and parts.scheme != "data":
                    found.append(f"{path.relative_to(folder)}: fetches {target}")
                continue
            base = folder if parts.path.startswith("/") else path.parent
            aim = unquote(parts.path).lstrip("/")
            place = (base / aim).resolve() if parts.path else path
            place = place / "index.html" if place.is_dir() else place
            named = names.get(place)
            if not place.exists() or (parts.fragment and named is not None
                                      and unquote(parts.fragment) not in named):  # fmt: skip
                found.append(f"{path.relative_to(folder)}: {target} leads nowhere")
    return sorted(found)


def build(folder: Path) -> None:
    """Build the site into a folder, which is replaced; raise Broken with what was warned of."""
    with tempfile.TemporaryDirectory(prefix="dunwell-docs-") as place:
        work = Path(place).resolve()
        copy(work)
        done = subprocess.run(
            (sys.executable, "-m", "zensical", "build", "--strict"),
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Broken(re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr).strip())
        if found := faults(work / "site"):
            raise Broken("\n".join(found))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(work / "site", folder)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    try:
        build(target.resolve())
    except Broken as broken:
        sys.exit(f"docs: {broken}")
    sys.stdout.write(f"The site is in {target}; python3 -m http.server -d {target} shows it.\n")
