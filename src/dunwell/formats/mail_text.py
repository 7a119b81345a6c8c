"""The words of a mail: bytes in any charset and HTML become plain text, and its language is told.

Nothing is fetched, hidden text is left out, and quotes of HTML mails are marked for
`quoted_text`. The number of words looked at is bounded, so a hostile mail costs little.
"""

import re
import unicodedata
from collections.abc import Iterator

from charset_normalizer import from_bytes
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import etree, html

MOST_TEXT = 200_000
"""Characters of a mail's words that are kept."""
MOST_HTML = 400_000
"""Characters of HTML that are read."""
MOST_DEPTH = 120
"""Elements within elements; deeper ones are read without their layout."""
MOST_SAMPLE = 20_000
"""Bytes by which an unknown charset is guessed."""
LAST_ASCII = 127
FEW_OF = 5
"""Text with at most one letter in five beyond ASCII is Western; other scripts have more."""
MOST_TAGS = 20_000
"""Tags of HTML that is read with its layout."""
QUOTE_OPENS, QUOTE_CLOSES = "\ue000", "\ue001"
"""Marks around a quote of an HTML mail, on lines of their own."""
NOT_SHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|"
    r"font-size\s*:\s*0(px|pt|em|rem|%)?\s*(;|!|$)|(max-height|max-width)\s*:\s*0(px)?\s*(;|!|$)|"
    r"opacity\s*:\s*0(\.0+)?\s*(;|!|$)",
    re.IGNORECASE,
)
DROPPED = frozenset(
    {"script", "style", "head", "title", "noscript", "template", "object", "embed", "iframe"}
    | {"svg", "math", "audio", "video", "applet", "select", "textarea", "img", "link"}
)
QUOTE_CLASSES = frozenset({"gmail_quote", "gmail_quote_container", "yahoo_quoted"})
QUOTE_IDS = frozenset({"divRplyFwdMsg", "appendonsend", "OLK_SRC_BODY_SECTION", "mail-editor-re"})
REST_IDS = frozenset({"divRplyFwdMsg", "appendonsend"})
"""Outlook marks where the quote begins alone; it goes on to the end."""
TAG = re.compile(r"<[^<>]{0,2000}>")
BREAK = re.compile(r"<(br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
BLOCK = re.compile(r"<(script|style|head)\b", re.IGNORECASE)
BLANK_LINES = re.compile(r"\n{3,}")
ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}
CONFIG = ParserConfig(css=CSS_PROFILES["strict"], display_images=False, display_links=False)
UNSEEN = dict.fromkeys(
    (
        *(0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0xFEFF, 0xE000, 0xE001),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    )
)
"""Characters nobody sees; those that turn the direction of writing lie about names."""
STOP_WORDS = {
    "de": "der die das und ist nicht wir sie ich ein eine mit für auf den dem zu von haben "
    "wird ihre bitte rechnung noch uns bei dass bezahlt nein ja wenn aber schon wurde "
    "sehr geehrte vielen dank am im es hallo",
    "en": "the and is not we you i a an with for on to of have will your please invoice yet "
    "us at that was dear thanks thank in it this our be are hello hi payment paid "
    "already yesterday send sent no yes if but",
    "es": "el la los las y es no nosotros usted yo un una con para en de por ha su sus "
    "favor factura que fue estimado gracias hemos se lo al del hola pago nuestra",
    "fr": "le la les et est pas nous vous je un une avec pour sur de du des avons votre vos "
    "merci facture que été cher bonjour dans ce cette au aux il a ne notre "
    "cordialement",
}
VOTES = {name: frozenset(words.split()) for name, words in STOP_WORDS.items()}
WORD = re.compile(r"[^\W\d_]+")
FEWEST_VOTES = 2


def decoded(data: bytes, charset: str = "") -> str:
    """Return the bytes as text: by the charset that is told, UTF-8, a guess, else Western."""
    for name in (charset, "utf-8"):
        text = _by(data, name)
        if text is not None:
            return text
    sample = data[:MOST_SAMPLE]
    if sum(byte > LAST_ASCII for byte in sample) * FEW_OF <= len(sample):
        return data.decode("cp1252", "replace")
    found = from_bytes(sample, threshold=0.4).best()
    if found is not None:
        text = _by(data, found.encoding)
        if text is not None:
            return text
    return data.decode("cp1252", "replace")


def plain(text: str) -> str:
    """Return text that every database keeps: no control or unseen characters, line ends as LF."""
    told = text[: 2 * MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)
    told = told.replace("\x0c", "\n").replace("\xa0", " ").replace("\u2028", "\n")
    kept = "".join(
        character
        for character in told
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
    )
    return kept[:MOST_TEXT]


def html_text(source: str) -> str:
    """Return what a person sees of HTML; a quote lies between the marks of a quote."""
    told = source[:MOST_HTML].translate({0: None, 0xE000: None, 0xE001: None})
    if told.count("<") > MOST_TAGS:
        return _stripped(told)
    try:
        root = html.document_fromstring(told, parser=html.HTMLParser(encoding=None))
    except (etree.LxmlError, ValueError, AssertionError):
        return _stripped(told)
    if _depth(root) > MOST_DEPTH:
        return _stripped(told)
    _drop_hidden(root)
    _mark_quotes(root)
    shown = html.tostring(root, encoding="unicode")
    try:
        return BLANK_LINES.sub("\n\n", get_text(shown, CONFIG)).strip("\n")
    except (RecursionError, ValueError, IndexError, KeyError, AttributeError, TypeError):
        return _stripped(shown)


def language_of(text: str) -> str:
    """Return the language most of the common words are of: en, de, fr, es; empty when unclear."""
    words = WORD.findall(text[:5_000].lower())
    votes = sorted(
        ((sum(word in known for word in words), name) for name, known in VOTES.items()),
        reverse=True,
    )
    (most, name), (second, _) = votes[0], votes[1]
    return name if most >= FEWEST_VOTES and most > second else ""


def _by(data: bytes, charset: str) -> str | None:
    if not charset:
        return None
    try:
        return data.decode(charset)
    except (LookupError, ValueError, TypeError, AssertionError):
        return None


def _stripped(source: str) -> str:
    """Return HTML without its tags, for sources whose structure cannot be followed."""
    told = TAG.sub(" ", BREAK.sub("\n", _without_blocks(source)))
    for entity, character in ENTITIES.items():
        told = told.replace(entity, character)
    return told.strip()


def _without_blocks(source: str) -> str:
    """Return HTML without scripts and styles; one that does not end reaches to the end."""
    kept, at, folded = [], 0, source.lower()
    while (found := BLOCK.search(folded, at)) is not None:
        kept.append(source[at : found.start()])
        ends = folded.find(f"</{found[1]}", found.end())
        if ends < 0:
            return "".join(kept)
        at = ends
    return "".join([*kept, source[at:]])


def _depth(root: html.HtmlElement) -> int:
    deepest, depth = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _drop_hidden(root: html.HtmlElement) -> None:
    """Take out what is not shown; the text behind an element stays."""
    hidden = [element for element in root.iter() if _is_hidden(element)]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _is_hidden(element: html.HtmlElement) -> bool:
    if not isinstance(element.tag, str):
        return True
    if element.tag in DROPPED or "hidden" in element.attrib:
        return True
    return bool(NOT_SHOWN.search(element.get("style", "")[:2_000]))


def _mark_quotes(root: html.HtmlElement) -> None:
    """Put the marks around the outermost quotes."""
    for element in list(_outermost_quotes(root)):
        parent = element.getparent()
        if parent is None:
            continue
        at = parent.index(element)
        parent.insert(at, _mark(QUOTE_OPENS))
        if element.get("id") in REST_IDS:
            parent.append(_mark(QUOTE_CLOSES))
            continue
        closing = _mark(QUOTE_CLOSES)
        closing.tail, element.tail = element.tail, None
        parent.insert(at + 2, closing)


def _mark(mark: str) -> html.HtmlElement:
    element = html.Element("div")
    element.text = mark
    return element


def _outermost_quotes(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for child in element:
        if _is_quote(child):
            yield child
            if child.get("id") in REST_IDS:
                return
        else:
            yield from _outermost_quotes(child)


def _is_quote(element: html.HtmlElement) -> bool:
    if element.tag == "blockquote":
        return True
    if element.get("id", "").removeprefix("x_") in QUOTE_IDS:
        return True
    return bool(QUOTE_CLASSES & set(element.get("class", "").split()))
