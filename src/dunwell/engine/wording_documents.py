"""A company's message texts in one language as a document: wordings over the shipped ones, tones
by segment, variants that are compared, and phrases of its own.

A template the document leaves out keeps the text the product ships, and so do the shared lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.phrases import Phrase, PhraseHit, phrase_hits, read_phrases
from dunwell.engine.wording import (
    REPLY_TEMPLATES,
    TEMPLATES,
    LineForms,
    Wording,
    WordingError,
    read_wordings,
)

TONES: Mapping[str, str] = {
    "friendly": "warmer: for customers one wants to keep close",
    "firm": "firmer: for customers that let several messages pass",
}
"""Tones a wording may also be written in; without one it is neutral."""

NEUTRAL = ""
WORDABLE = (*TEMPLATES, *REPLY_TEMPLATES)
"""Templates a document may word; notices that the law asks for stay as shipped."""

FREE = "free_text"
APPROVE = ("final_notice",)
"""What a second person sees before it goes out, unless a document says otherwise."""

MOST_VARIANTS = 4
FULL_PERCENT = 100
PPM_OF_PERCENT = 10_000
LONGEST_NAME = 40
_FIELDS = ("subject", "body", "tones", "variants")
_DOCUMENT = (
    *("language", "valid_from", "shared", "wordings", "tones", "phrases", "allow", "approve"),
)
_SHARED = (
    *("line", "line_before_due", "credit_line", "total_line", "credits_heading", "more_line"),
    *("charges_heading", "charge_line", "charges_total_line"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingVariant:
    """Another text of a template that a share of the customers gets, to see which works better."""

    name: str
    share_ppm: int
    wording: Wording


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingsDocument:
    """Every text of a language as it holds: `wordings` by template, `toned` by template and tone.

    `tones` names the tone of a segment; `phrases` are the company's own and `allow` the ids of
    shipped ones that it says in spite of the warning. What a person composes from a template of
    `approve` (FREE: without one) waits for a second person.
    """

    language: str
    valid_from: date
    wordings: Mapping[str, Wording]
    toned: Mapping[tuple[str, str], Wording] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, tuple[WordingVariant, ...]] = field(default_factory=dict)
    phrases: tuple[Phrase, ...] = ()
    allow: tuple[str, ...] = ()
    approve: tuple[str, ...] = APPROVE
    stated: tuple[str, ...] = ()
    """Templates the document words itself, in its order."""

    @property
    def name(self) -> str:
        """Return the name its versions are counted under."""
        return f"wordings_{self.language}"

    @property
    def line_forms(self) -> LineForms:
        """Return the forms of lines, which every text of the document shares."""
        return next(iter(self.wordings.values())).line_forms

    @property
    def total_line(self) -> str:
        """Return the form of a line of sums, which every text of the document shares."""
        return next(iter(self.wordings.values())).total_line

    def tone_of(self, template: str, segment: str) -> str:
        """Return the tone a segment is written to in, neutral where there is no such text."""
        tone = self.tones.get(segment, NEUTRAL)
        return tone if (template, tone) in self.toned else NEUTRAL

    def worded(self, template: str, tone: str = NEUTRAL) -> Wording:
        """Return a template in a tone, the plain text where it has none; KeyError for no text."""
        return self.toned.get((template, tone)) or self.wordings[template]

    def every_wording(self) -> Iterator[tuple[str, Wording]]:
        """Yield every text there is with its template: plain, in each tone, each variant."""
        yield from self.wordings.items()
        yield from ((name, text) for (name, _), text in self.toned.items())
        yield from ((name, one.wording) for name, all_ in self.variants.items() for one in all_)


def read_wordings_document(
    document: Mapping[str, object], *, shipped: Mapping[str, Mapping[str, Wording]]
) -> WordingsDocument:
    """Return a document read over the shipped wordings (by language, then template).

    Raises WordingError naming language, template and field for what is wrong: an unknown language,
    template or tone, what `read_wordings` refuses, shares above 100 percent, a name twice.
    """
    try:
        return _read(document, shipped)
    except WordingError:
        raise
    except DocumentError as error:
        raise WordingError(str(error)) from error


def wording_hits(document: WordingsDocument, phrases: Sequence[Phrase]) -> tuple[PhraseHit, ...]:
    """Return what the texts the document states say that is not said, by template and line."""
    texts = [(name, document.wordings[name]) for name in document.stated]
    texts += [(f"{name} ({tone})", text) for (name, tone), text in document.toned.items()]
    texts += [
        (f"{name} ({one.name})", one.wording)
        for name, several in document.variants.items()
        for one in several
    ]
    return tuple(
        hit
        for place, text in texts
        for part, words in (("subject", text.subject), ("body", text.body))
        for hit in phrase_hits(words, phrases, language=document.language, part=f"{place}, {part}")
    )


def _read(
    document: Mapping[str, object], shipped: Mapping[str, Mapping[str, Wording]]
) -> WordingsDocument:
    documents.known(document, _DOCUMENT, "wordings")
    language = documents.choice(document.get("language"), "language", tuple(shipped), "wordings")
    where = f"wordings {language}"
    base = shipped[language]
    shared = _shared(document.get("shared"), base, where)
    stated = documents.fields(document.get("wordings") or {}, where)
    plain: dict[str, object] = {}
    toned: dict[tuple[str, str], Wording] = {}
    variants: dict[str, tuple[WordingVariant, ...]] = {}
    for name, value in stated.items():
        template = documents.choice(name, "template", WORDABLE, where)
        place = f"{where}, {template}"
        fields = documents.fields(value, place)
        documents.known(fields, _FIELDS, place)
        if texts := {part: fields[part] for part in ("subject", "body") if part in fields}:
            plain[template] = texts
        for told, text in documents.fields(fields.get("tones") or {}, f"{place}, tones").items():
            tone = documents.choice(told, "tone", tuple(TONES), place)
            toned[template, tone] = _one(template, text, language, shared, f"{place}, {tone}")
        behind_it = {"subject": base[template].subject, "body": base[template].body, **fields}
        variants[template] = _variants(template, behind_it, language, shared, place)
    own = read_wordings({"language": language, "shared": shared, "wordings": plain})
    # the shipped texts under the company's own lines
    others = {
        name: {"subject": text.subject, "body": text.body}
        for name, text in base.items()
        if name not in own
    }
    behind = read_wordings({"language": language, "shared": shared, "wordings": others})
    return WordingsDocument(
        language=language,
        valid_from=documents.day(document.get("valid_from"), "valid_from", where),
        wordings={name: own[name] if name in own else behind[name] for name in base},
        toned=toned,
        tones=_tones(document.get("tones"), where),
        variants={name: several for name, several in variants.items() if several},
        phrases=_phrases(document.get("phrases"), language),
        allow=documents.names(document.get("allow"), "allow", where),
        approve=_approve(document, where),
        stated=tuple(own),
    )


def _shared(value: object, base: Mapping[str, Wording], where: str) -> dict[str, object]:
    """Return the shared lines: the shipped ones, the document's own over them."""
    behind = next(iter(base.values()))
    own = documents.fields(value or {}, f"{where}, shared")
    documents.known(own, _SHARED, f"{where}, shared")
    return {name: getattr(behind, name) for name in _SHARED if getattr(behind, name)} | {
        str(name): text for name, text in own.items()
    }


def _one(
    name: str, text: object, language: str, shared: Mapping[str, object], where: str
) -> Wording:
    """Return one more text of a template, checked like the plain one."""
    fields = documents.fields(text, where)
    documents.known(fields, ("subject", "body"), where)
    document = {"language": language, "shared": shared, "wordings": {name: fields}}
    try:
        return read_wordings(document)[name]
    except WordingError as error:
        told = (
            str(error)
            .removeprefix(f"{name} ({language}), ")
            .removeprefix(f"wordings {language}, ")
        )
        raise WordingError(f"{where}, {told}") from error


def _variants(
    name: str,
    fields: Mapping[str, object],
    language: str,
    shared: Mapping[str, object],
    where: str,
) -> tuple[WordingVariant, ...]:
    found: list[WordingVariant] = []
    for number, value in enumerate(
        documents.rows(fields.get("variants") or [], "variants", where), 1
    ):
        place = f"{where}, variant {number}"
        stated = documents.fields(value, place)
        documents.known(stated, ("name", "share", "subject", "body"), place)
        words = {part: stated.get(part, fields.get(part)) for part in ("subject", "body")}
        found.append(
            WordingVariant(
                name=_short(documents.text(stated, "name", place), place),
                share_ppm=documents.number(
                    stated, "share", place, smallest=1, largest=FULL_PERCENT - 1
                )
                * PPM_OF_PERCENT,
                wording=_one(name, words, language, shared, place),
            )
        )
    if len(found) > MOST_VARIANTS:
        raise WordingError(f"{where}: {len(found)} variants are too many; keep {MOST_VARIANTS}")
    documents.refuse_twice([one.name for one in found], f"{where}, variants")
    if sum(one.share_ppm for one in found) > FULL_PERCENT * PPM_OF_PERCENT:
        raise WordingError(f"{where}: the shares of the variants are more than 100 percent")
    return tuple(found)


def _short(name: str, where: str) -> str:
    if len(name) > LONGEST_NAME or name == "rest":
        raise WordingError(f"{where}: name the variant in {LONGEST_NAME} characters, not 'rest'")
    return name


def _tones(value: object, where: str) -> dict[str, str]:
    stated = documents.fields(value or {}, f"{where}, tones")
    return {
        str(segment): documents.choice(tone, f"tone of {segment}", tuple(TONES), f"{where}, tones")
        for segment, tone in stated.items()
    }


def _approve(document: Mapping[str, object], where: str) -> tuple[str, ...]:
    if "approve" not in document:
        return APPROVE
    found = documents.names(document["approve"], "approve", where)
    for name in found:
        documents.choice(name, "approve", (FREE, *WORDABLE), where)
    return found


def _phrases(value: object, language: str) -> tuple[Phrase, ...]:
    """Return the company's own phrases; their language is the document's."""
    listed = documents.rows(value or [], "phrases", "wordings")
    stated = [
        {"language": language, "source": "house rule", **documents.fields(one, "phrases")}
        for one in listed
    ]
    found = read_phrases(stated)
    for phrase in found:
        if phrase.language != language:
            raise WordingError(
                f"phrases: {phrase.id} is in {phrase.language}; this document is in {language}"
            )
    return found
