"""Sanction lists published as XML: the consolidated lists of the European Union and the UN."""

from collections.abc import Iterable
from datetime import date

from dunwell.formats.bank.xml_tree import Node
from dunwell.formats.sanction_rows import SanctionRow, SanctionsError, SanctionsFile, births


def read_eu_tree(root: Node, file: str) -> SanctionsFile:
    """Return the entries of the European Union's list; SanctionsError for one without a name."""
    rows = []
    for entity in root.all("sanctionEntity"):
        names = [_whole_name(alias) for alias in entity.all("nameAlias")]
        kind = entity.first("subjectType")
        code = kind.attributes.get("code", "") if kind else ""
        rows.append(
            SanctionRow(
                uid=entity.attributes.get("logicalId")
                or entity.attributes.get("euReferenceNumber")
                or str(entity.line),
                kind="person" if code == "person" else "entity",
                names=_names(file, entity, names),
                birth=births(
                    [
                        one.attributes.get("birthdate") or one.attributes.get("year", "")
                        for one in entity.all("birthdate")
                    ]
                ),
                countries=_codes(
                    one.attributes.get("countryIso2Code", "")
                    for path in ("citizenship", "address")
                    for one in entity.all(path)
                ),
                programme=", ".join(
                    dict.fromkeys(
                        one.attributes.get("programme", "") for one in entity.all("regulation")
                    )
                )[:120],
            )
        )
    return SanctionsFile(
        source="eu",
        label="European Union consolidated",
        published_on=_day(root.attributes.get("generationDate", "")),
        rows=_some(rows, file),
    )


def read_un_tree(root: Node, file: str) -> SanctionsFile:
    """Return the entries of the United Nations' list; SanctionsError for one without a name."""
    rows = [
        _un_row(node, file, kind=kind, tag=tag)
        for path, kind, tag in (
            ("INDIVIDUALS/INDIVIDUAL", "person", "INDIVIDUAL"),
            ("ENTITIES/ENTITY", "entity", "ENTITY"),
        )
        for node in root.all(path)
    ]
    return SanctionsFile(
        source="un",
        label="United Nations consolidated",
        published_on=_day(root.attributes.get("dateGenerated", "")),
        rows=_some(rows, file),
    )


def _un_row(node: Node, file: str, *, kind: str, tag: str) -> SanctionRow:
    parts = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    name = " ".join(filter(None, (node.value(part) for part in parts)))
    aliases = [one.value("ALIAS_NAME") for one in node.all(f"{tag}_ALIAS")]
    born = [one.value("DATE") or one.value("YEAR") for one in node.all(f"{tag}_DATE_OF_BIRTH")]
    return SanctionRow(
        uid=node.value("REFERENCE_NUMBER") or node.value("DATAID") or str(node.line),
        kind=kind,
        names=_names(file, node, [name, *aliases]),
        birth=births(born),
        countries=_codes(one.text.strip() for one in node.all("NATIONALITY/VALUE")),
        programme=node.value("UN_LIST_TYPE")[:120],
    )


def _whole_name(alias: Node) -> str:
    told = alias.attributes
    return told.get("wholeName") or " ".join(
        filter(None, (told.get("firstName"), told.get("middleName"), told.get("lastName")))
    )


def _names(file: str, node: Node, names: Iterable[str]) -> tuple[str, ...]:
    told = tuple(dict.fromkeys(" ".join(one.split())[:300] for one in names if one.strip()))
    if not told:
        raise SanctionsError(
            file, f"line {node.line}", "an entry has no name; fetch the list again"
        )
    return told


def _some(rows: list[SanctionRow], file: str) -> tuple[SanctionRow, ...]:
    if not rows:
        raise SanctionsError(file, "", "the list has no entries; fetch it again")
    return tuple(rows)


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    # "00" stands for a country that is not known
    return tuple(dict.fromkeys(code for code in codes if code and code != "00"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
