"""Sanction lists in the layouts of OFAC, the European Union, the United Nations, and one's own."""

from datetime import date

import pytest

from dunwell.formats.sanction_rows import SanctionRow, SanctionsError, births
from dunwell.formats.sanctions import read_sanctions

SDN = (
    '306,"BANCO NACIONAL DE CUBA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'BNC\'."\r\n'
    '2674,"ABBAS, Abu","individual","SDGT","Director",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 10 Dec 1948; nationality Iraq; alt. DOB 1949."\r\n\x1a'
)
ALT = '2674,1,"aka","ZAYDAN, Muhammad",-0- \r\n306,2,"aka","NATIONAL BANK OF CUBA",-0- \r\n'
EU_CSV = (
    "fileGenerationDate;Entity_LogicalId;Entity_SubjectType;Entity_Regulation_Programme;"
    "NameAlias_WholeName;BirthDate_BirthDate;Citizenship_CountryIso2Code\n"
    "26/11/2026;13;P;IRQ;Saddam Hussein Al-Tikriti;1937-04-28;IQ\n"
    "26/11/2026;13;P;IRQ;Abu Ali;;\n"
    "26/11/2026;20;E;TAQA;Al Rashid Trust;;\n"
)
EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-26T10:00:00+01:00">
 <sanctionEntity logicalId="13" euReferenceNumber="EU.27.28">
  <regulation programme="IRQ"/><subjectType code="person"/>
  <nameAlias wholeName="Saddam Hussein Al-Tikriti"/><nameAlias firstName="Abu" lastName="Ali"/>
  <birthdate birthdate="1937-04-28"/><citizenship countryIso2Code="IQ"/><address countryIso2Code="00"/>
 </sanctionEntity>
</export>"""
UN_XML = """<CONSOLIDATED_LIST dateGenerated="2026-11-25T00:00:00.000Z">
 <INDIVIDUALS><INDIVIDUAL><DATAID>6908434</DATAID><FIRST_NAME>Eric</FIRST_NAME>
  <SECOND_NAME>Badege</SECOND_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE>
  <REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER><NATIONALITY><VALUE>Congo</VALUE></NATIONALITY>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Badege Eric</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1971</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
 </INDIVIDUAL></INDIVIDUALS>
 <ENTITIES><ENTITY><FIRST_NAME>Butembo Airlines</FIRST_NAME><REFERENCE_NUMBER>CDe.001</REFERENCE_NUMBER>
  <ENTITY_ALIAS><ALIAS_NAME>BAL</ALIAS_NAME></ENTITY_ALIAS></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"""
OWN = "id,name,aliases,kind,birth,country\n7,Bad Payer Ltd,Bad P|BPL,entity,,gb\n8,Eve Mallory,,person,1980-02-03,\n"


def read(*files):
    return read_sanctions(
        [(name, text.encode() if isinstance(text, str) else text) for name, text in files]
    )


def test_the_list_of_ofac_is_read_with_its_aliases():
    found = read(("ALT.CSV", ALT), ("SDN.CSV", SDN))

    assert (found.source, found.label, found.published_on) == ("ofac", "OFAC SDN", None)
    assert found.rows == (
        SanctionRow(
            uid="306",
            kind="entity",
            names=("BANCO NACIONAL DE CUBA", "NATIONAL BANK OF CUBA"),
            programme="CUBA",
        ),
        SanctionRow(
            uid="2674",
            kind="person",
            names=("Abu ABBAS", "Muhammad ZAYDAN"),
            birth=("1948-12-10", "1949"),
            countries=("Iraq",),
            programme="SDGT",
        ),
    )


def test_the_csv_of_the_european_union_joins_the_rows_of_an_entity():
    found = read(("20261126-FULL.csv", "\ufeff" + EU_CSV))

    assert (found.source, found.published_on) == ("eu", date(2026, 11, 26))
    assert found.rows == (
        SanctionRow(
            uid="13",
            kind="person",
            names=("Saddam Hussein Al-Tikriti", "Abu Ali"),
            birth=("1937-04-28",),
            countries=("IQ",),
            programme="IRQ",
        ),
        SanctionRow(uid="20", kind="entity", names=("Al Rashid Trust",), programme="TAQA"),
    )


def test_the_xml_of_the_european_union_says_the_same():
    found = read(("list.xml", EU_XML))
    assert (found.source, found.published_on) == ("eu", date(2026, 11, 26))
    assert found.rows == read(("x.csv", EU_CSV)).rows[:1]


def test_the_list_of_the_united_nations():
    found = read(("consolidated.xml", UN_XML))

    assert (found.source, found.published_on) == ("un", date(2026, 11, 25))
    assert found.rows == (
        SanctionRow(
            uid="CDi.001",
            kind="person",
            names=("Eric Badege", "Badege Eric"),
            birth=("1971",),
            countries=("Congo",),
            programme="DRC",
        ),
        SanctionRow(uid="CDe.001", kind="entity", names=("Butembo Airlines", "BAL")),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_of_one_s_own(delimiter):
    found = read(("own.csv", OWN.replace(",", delimiter)))
    assert (found.source, found.rows) == (
        "own",
        (
            SanctionRow(
                uid="7",
                kind="entity",
                names=("Bad Payer Ltd", "Bad P", "BPL"),
                countries=("GB",),
            ),
            SanctionRow(uid="8", kind="person", names=("Eve Mallory",), birth=("1980-02-03",)),
        ),
    )


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ([], "no file was sent"),
        ([("a.csv", "  ")], "the file is empty"),
        ([("a.csv", "hello,world\n1,2\n")], "must name the columns"),
        (
            [("SDN.CSV", SDN.split("\x1a", maxsplit=1)[0] + '5,"X",-0-\r\n')],
            "line 3: a row of SDN.CSV has 12",
        ),
        ([("ALT.CSV", ALT)], "add SDN.CSV"),
        ([("SDN.CSV", SDN), ("ALT.CSV", ALT.replace("306", "999"))], "no such entry"),
        ([("SDN.CSV", SDN), ("own.csv", OWN)], "one list at a time"),
        ([("e.csv", EU_CSV.replace("Abu Ali;;", "Abu Ali"))], "cut off"),
        ([("e.csv", EU_CSV.replace("Al Rashid Trust", ""))], "has no name"),
        (
            [
                (
                    "u.xml",
                    UN_XML.replace("<FIRST_NAME>Butembo Airlines</FIRST_NAME>", "").replace(
                        "BAL", ""
                    ),
                )
            ],
            "has no name",
        ),
        ([("x.xml", "<other/>")], "begins with other"),
        ([("x.xml", UN_XML[:-30])], "damaged or cut off"),
        ([("x.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><CONSOLIDATED_LIST/>")], "document type"),
        ([("x.xml", "<CONSOLIDATED_LIST/>")], "has no entries"),
        ([("own.csv", "name,kind\nX,ghost\n")], "kind is 'ghost'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(files, text):
    with pytest.raises(SanctionsError, match=text):
        read(*files)


def test_days_of_birth_in_every_writing():
    assert births(["1948-12-10", "10 Dec 1948", "circa 1950", "10.12.1948", "", "unknown"]) == (
        "1948-12-10",
        "1950",
    )
