"""The site of the documents: its parts, what the generator is given, and what ends its build.

`dev.py check` builds all of it; what is tried here is small.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROLES = sorted((DOCS / "roles").glob("*.md"))
NO_LAW = {"authority_standard", "provisions_standard"}
"""Policies whose `source` is where a figure comes from, and no law."""
MOST_BYTES = 3_000_000
"""What the pictures of the documents may weigh together."""


@cache
def beside(name):
    """A script of docs/, which lies beside the text and in no package."""
    sys.path.insert(0, str(DOCS))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(DOCS))


def pages_in(navigation):
    for part in navigation:
        for title, inside in part.items():
            yield from pages_in(inside) if isinstance(inside, list) else [(title, inside)]


def test_every_page_has_one_place_in_the_site():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    placed = [page for _, page in pages_in(beside("make_site").navigation(index))]
    pages = [path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md")]

    assert sorted(placed) == sorted(page for page in pages if page != "docs/README.md")


def test_headings_become_parts_and_lines_of_lists_pages():
    index = "# A\n\n## Learn\n\n* [First](tutorial.md)\n\n## How to\n\n### Clerk\n\n"
    index += "* [Cash: apply it](how-to/apply-cash.md)\n\n## Why\n\n* not a page\n"

    assert beside("make_site").navigation(index) == [
        {"Learn": [{"First": "docs/tutorial.md"}]},
        {"How to": [{"Clerk": [{"Cash: apply it": "docs/how-to/apply-cash.md"}]}]},
        {"Why": []},
    ]


def test_a_page_that_stands_twice_is_told():
    site = beside("make_site")
    with pytest.raises(site.Broken, match=r"tutorial\.md stands in it twice"):
        site.navigation("## A\n* [One](tutorial.md)\n## B\n* [Two](tutorial.md)\n")


def test_links_into_the_source_become_text_and_others_stay():
    page = DOCS / "how-to" / "api.md"
    text = (
        "See [a test](../../tests/conftest.py), [rights](../reference/rights.md#rights-by-role),\n"
    )
    text += "![it](../img/layers.svg), [all](https://example.org/a).\n"
    text += "```python\nrows[one](two)\n```\n"

    assert beside("make_site").in_site(text, page) == text.replace(
        "[a test](../../tests/conftest.py)", "a test"
    )


def test_a_link_to_nothing_ends_the_build():
    site = beside("make_site")
    with pytest.raises(site.Broken, match=r"docs/tutorial\.md: gone\.md is not there"):
        site.in_site("[x](gone.md)", DOCS / "tutorial.md")


def test_what_belongs_to_a_list_stands_four_columns_in():
    told = "* one\n  more\n\n  ```sh\n  a\n  ```\n1. two\n\n   text\n\nend\n  kept\n"

    assert list(beside("make_site").set_in(told)) == [
        "* one", "    more", "", "    ```sh", "    a", "    ```", "1. two", "", "    text", "",
        "end", "  kept",
    ]  # fmt: skip


PAGE = '<html><body><h1 id="a">A</h1>{}</body></html>'


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ('<a href="b.html#b">to b</a> <a href="#a">up</a> <a href="/b.html">root</a>', []),
        ('<a href="https://example.org/">a link is no fetching</a>', []),
        ('<a href="c.html">c</a>', ["a.html: c.html leads nowhere"]),
        ('<a href="b.html#c">c</a>', ["a.html: b.html#c leads nowhere"]),
        ('<img src="c.png">', ["a.html: c.png leads nowhere"]),
        (
            '<script src="https://example.org/x.js"></script>',
            ["a.html: fetches https://example.org/x.js"],
        ),
        (
            '<link rel="stylesheet" href="//example.org/x.css">',
            ["a.html: fetches //example.org/x.css"],
        ),
    ],
)
def test_a_site_with_a_dead_link_or_a_foreign_script_is_refused(tmp_path, told, wrong):
    (tmp_path / "a.html").write_text(PAGE.format(told), encoding="utf-8")
    (tmp_path / "b.html").write_text(PAGE.replace("a", "b").format(""), encoding="utf-8")

    assert beside("make_site").faults(tmp_path) == wrong


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)
def test_the_page_of_a_role_shows_its_picture(path):
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]{30,})\]\(([^)]+)\)", text)

    assert [place for _, place in shown] == [f"../img/role-{path.stem}.png"]
    assert (path.parent / shown[0][1]).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def named_in_the_browser_test(name):
    """The keys of a table of tests/browser/test_pictures.py, without its imports."""
    tree = ast.parse((ROOT / "tests" / "browser" / "test_pictures.py").read_text(encoding="utf-8"))
    tables = [
        one for one in tree.body if isinstance(one, ast.Assign) and one.targets[0].id == name
    ]
    return set(ast.literal_eval(tables[0].value))


def test_every_picture_of_the_desk_is_one_that_the_browser_takes():
    roles, guides = named_in_the_browser_test("PAGES"), named_in_the_browser_test("GUIDES")
    kept = {path.stem for path in (DOCS / "img").glob("*-*.png")} - {"worklist-light"}

    assert {path.stem for path in ROLES} == {*roles, "debtor"}
    assert kept == {f"role-{one}" for one in {*roles, "debtor"}} | {
        f"guide-{one}" for one in guides
    }
    for guide in guides:
        text = (DOCS / "how-to" / f"{guide}.md").read_text(encoding="utf-8")
        assert re.search(rf"!\[[^\]]{{30,}}\]\(\.\./img/guide-{guide}\.png\)", text)


def test_the_pictures_stay_small_and_each_is_shown():
    pictures = list((DOCS / "img").iterdir())
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *DOCS.rglob("*.md")]
    )

    assert [path.name for path in pictures if f"img/{path.name})" not in text] == []
    assert sum(path.stat().st_size for path in pictures) < MOST_BYTES


@pytest.mark.parametrize("name", ["layers.svg"])
def test_a_drawn_picture_is_what_the_code_says(name):
    drawn = beside("data_pages").PICTURES[name]()

    assert (DOCS / "img" / name).read_text(encoding="utf-8") == drawn, "run: docs/reference.py"


def test_no_import_leads_up_and_every_layer_is_drawn():
    layers = beside("layers_page")
    rows = layers.layers()
    at = {name: number for number, row in enumerate(rows) for name in row}
    ways = [(one, other) for one, others in layers.imports().items() for other in others
            if one in at and other in at]  # fmt: skip

    assert [way for way in ways if at[way[0]] >= at[way[1]]] == []
    assert {("web", "actions"), ("actions", "models"), ("formats", "engine")} <= set(ways)
    assert all(f">{name}</text>" in layers.layers_svg() for name in at)


def test_every_shipped_rule_of_law_stands_in_the_reference_with_its_source():
    rules = beside("rules_page")
    page = (DOCS / "reference" / "rules.md").read_text(encoding="utf-8")
    named = {path.stem for path in rules.POLICIES.glob("*.yaml")}
    with_sources = {
        name for name in named
        if re.search(r"^\s+(- )?source: ", (rules.POLICIES / f"{name}.yaml").read_text("utf-8"), re.M)
    }  # fmt: skip

    assert with_sources - NO_LAW == set(rules.FILES)
    for name in rules.FILES:
        for rule in rules.ruled(name):
            assert f"| `{rule.get('id') or rule['name']}` |" in page
            assert rule.get("source") or rule.get("evidence") == "own" or name == "phrases"
