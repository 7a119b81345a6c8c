"""Icons of the package lucide, as its own tag draws them, but with its archive opened once.

The package opens it for every icon, and its list of 1,700 takes longer to read than a page.
"""

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from django.utils.safestring import SafeString

_SVG = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=512)
def drawn(name: str, size: int, classes: str) -> SafeString:
    """Return an icon as SVG of `size` pixels, hidden from readers; KeyError if there is none."""
    told = _archive().read(f"{name}.svg")
    # a file of the package, not of a person
    svg = ElementTree.fromstring(told)  # noqa: S314  # nosec B314
    for node in svg.iter():
        node.tag = node.tag.removeprefix(_SVG)
    svg.attrib.update(
        {"width": str(size), "height": str(size), "class": classes, "aria-hidden": "true"}
    )
    return SafeString(ElementTree.tostring(svg, encoding="unicode"))


@cache
def _archive() -> ZipFile:
    # in memory: processes that are forked would share the place in an open file
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))
