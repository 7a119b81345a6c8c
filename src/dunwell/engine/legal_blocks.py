"""Sentences the law asks for in a message to some customers: which apply, in which words, and why.

A block says whom it is for: countries, kinds of party, use of the debt, who acts, channels and
templates. What is left out binds everybody. A fact that is not known counts as inside the scope
only where the block says so (`unknown: inside`): silence may cost more than a sentence too many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

LONGEST = 1_000
PARTIES = ("company", "person", "public")
USES = ("business", "personal")
ACTS = ("first_party", "third_party")
UNKNOWN = ("inside", "outside")
_SCOPE = ("countries", "parties", "uses", "acting", "channels", "templates", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalBlock:
    """One block: its words by language (the first stands in for others), its scope and source."""

    id: str
    title: str
    texts: Mapping[str, str]
    countries: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    is_unknown_inside: bool = False
    source: str
    evidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageScope:
    """What decides which blocks a message carries; an empty fact is not known.

    `template` is empty for what a person wrote freely.
    """

    country: str
    party: str = ""
    use: str = ""
    acts_as: str = "first_party"
    channel: str = "email"
    template: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalText:
    """A block in a language, with what it is and where it stands."""

    id: str
    title: str
    text: str
    source: str


def read_legal_blocks(document: Mapping[str, object]) -> tuple[LegalBlock, ...]:
    """Return the blocks of a document {blocks: …} in its order; raise DocumentError."""
    documents.known(document, ("blocks",), "document")
    listed = documents.rows(document.get("blocks"), "blocks", "document")
    found = tuple(_block(value, f"block {number}") for number, value in enumerate(listed, 1))
    documents.refuse_twice([block.id for block in found], "blocks")
    return found


def legal_texts(
    blocks: Sequence[LegalBlock], scope: MessageScope, *, language: str
) -> tuple[LegalText, ...]:
    """Return the blocks a message carries, in their order, in a language that is never mixed.

    A block without words in the language comes in its first one: the law's own.
    """
    return tuple(
        LegalText(
            id=block.id,
            title=block.title,
            text=block.texts.get(language) or next(iter(block.texts.values())),
            source=block.source,
        )
        for block in blocks
        if _applies(block, scope)
    )


def with_legal_texts(body: str, texts: Sequence[LegalText]) -> str:
    """Return a body with the blocks below it; the body itself where there is none."""
    if not texts:
        return body
    return "\n\n".join([body.rstrip("\n"), *(one.text for one in texts)]) + "\n"


def _applies(block: LegalBlock, scope: MessageScope) -> bool:
    # a channel and a template are always known; a message without one is in no list of them
    if block.channels and scope.channel not in block.channels:
        return False
    if block.templates and scope.template not in block.templates:
        return False
    return all(
        not stated or (fact in stated if fact else block.is_unknown_inside)
        for stated, fact in (
            (block.countries, scope.country),
            (block.parties, scope.party),
            (block.uses, scope.use),
            (block.acting, scope.acts_as),
        )
    )


def _block(value: object, where: str) -> LegalBlock:
    stated = documents.fields(value, where)
    documents.known(stated, ("id", "title", "texts", "scope", "source", "evidence"), where)
    scope = documents.fields(stated.get("scope") or {}, f"{where}, scope")
    documents.known(scope, _SCOPE, f"{where}, scope")
    texts = documents.fields(stated.get("texts"), f"{where}, texts")
    words = {str(code): documents.text(texts, str(code), where).strip() for code in texts}
    if not words or max(map(len, words.values())) > LONGEST:
        raise DocumentError(f"{where}: give its words, in {LONGEST} characters at most")

    def named(name: str, allowed: Sequence[str] = ()) -> tuple[str, ...]:
        found = documents.names(scope.get(name), name, f"{where}, scope")
        for word in found if allowed else ():
            documents.choice(word, name, allowed, f"{where}, scope")
        return found

    unknown = documents.choice(scope.get("unknown", "outside"), "unknown", UNKNOWN, where)
    return LegalBlock(
        id=documents.text(stated, "id", where),
        title=documents.text(stated, "title", where),
        texts=words,
        countries=named("countries"),
        parties=named("parties", PARTIES),
        uses=named("uses", USES),
        acting=named("acting", ACTS),
        channels=named("channels"),
        templates=named("templates"),
        is_unknown_inside=unknown == "inside",
        source=documents.text(stated, "source", where),
        evidence=documents.text(stated, "evidence", where),
    )
