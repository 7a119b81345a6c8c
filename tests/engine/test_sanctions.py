"""Likeness of names: slips, order, transliteration and legal forms meet; strangers do not."""

import csv
import gzip
import random
from pathlib import Path

import pytest

from dunwell.engine.sanctions import Listed, SanctionIndex, Subject, name_words, sound

PAIRS = (
    Path(__file__).parents[2].parent / "shared/data/match_names/unittest_sample_namepairs.csv.gz"
)
THRESHOLD = 800_000


def listed(*names, uid="1", kind="", birth=(), countries=()):
    return Listed(source="own", uid=uid, kind=kind, names=names, birth=birth, countries=countries)


def score(entry, name, **facts):
    one = entry if isinstance(entry, Listed) else listed(entry)
    subject = Subject(key="k", names=(name,), **facts)
    found = SanctionIndex([one]).screen([subject], threshold_ppm=0)
    return found[0].score_ppm if found else 0


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("Müller Handels GmbH", "Mueller Handels"),
        ("Владимир Петров", "Vladimir Petrov"),
        ("Petrov Vladimir", "Vladimir PETROV"),
        ("Usama bin Ladin", "Osama bin Laden"),
        ("Muammar Qadhafi", "Moammar Gaddafi"),
        ("Mohammed Ahmed Ali", "Muhammad Ahmad Aly"),
        ("Al Qaida", "Alqaeda"),
        ("Saddam Hussein Al-Tikriti", "Saddam HUSAYN"),
        ("Łukasz Żółkiewski", "Lukasz Zolkiewski"),
        ("Northern Shipping Lines Co., Ltd.", "Northern Shiping Lines"),
    ],
)
def test_the_same_in_another_spelling_is_found(entry, name):
    assert score(entry, name) >= THRESHOLD


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("John Smith", "Jane Smith"),
        ("General Trading Company", "Trading Services Group"),
        ("Northern Shipping Lines", "Southern Bakery"),
        ("Ali Hassan", "Hassan Builders International GmbH"),
    ],
)
def test_others_are_not(entry, name):
    assert score(entry, name) < THRESHOLD


def test_an_alias_counts_as_the_name_does():
    entry = listed("Ivan Ivanovich Orlov", "The Eagle of the North", uid="7")
    found = SanctionIndex([entry]).screen(
        [Subject(key="k", names=("Eagle of the North",))], threshold_ppm=THRESHOLD
    )
    assert [(one.uid, one.entry_name) for one in found] == [("7", "The Eagle of the North")]


def test_birth_kind_and_country_move_the_score_but_hide_no_likeness():
    entry = listed("Ivan Orlow", kind="person", birth=("1970-05-01",), countries=("RU",))
    plain = score(entry, "Iwan Orlov")
    assert score(entry, "Iwan Orlov", birth="1970-05-01") == min(1_000_000, plain + 40_000)
    assert score(entry, "Iwan Orlov", birth="1971-01-01") == min(1_000_000, plain + 20_000)
    assert score(entry, "Iwan Orlov", birth="1990-01-01") == plain - 150_000
    assert score(entry, "Iwan Orlov", kind="entity") == plain - 60_000
    assert score(entry, "Iwan Orlov", country="RU") == min(1_000_000, plain + 10_000)
    assert score(entry, "Iwan Orlov", birth="1990-01-01") >= 750_000


def test_the_order_of_answers_is_by_likeness():
    index = SanctionIndex(
        [listed("Anna Berger", uid="2"), listed("Anna Bergner", uid="1"), listed("Zoe", uid="3")]
    )
    found = index.screen([Subject(key="k", names=("Anna Berger",))], threshold_ppm=THRESHOLD)
    assert [one.uid for one in found] == ["2", "1"]


def test_words_come_without_forms_titles_and_accents():
    assert name_words("Dr. José Núñez & Söhne G.m.b.H.") == ("jose", "nunez", "soehne")
    assert name_words("GmbH") == ("gmbh",)
    assert sound("mohammed") == sound("muhammid")


def test_nobody_and_nothing_are_no_error():
    assert SanctionIndex([]).screen([Subject(key="k", names=("Anna",))]) == ()
    assert SanctionIndex([listed("")]).screen([Subject(key="k", names=("",))]) == ()


def names_with_variants(names):
    chance = random.Random(11)

    def slip(name):
        place = chance.choice([at for at, sign in enumerate(name[:-5]) if sign.isalpha()])
        kind = chance.randrange(3)
        letter = chance.choice("aeinrst")
        if kind == 0:
            return name[:place] + name[place + 1 :]
        if kind == 1:
            return name[:place] + letter + name[place + 1 :]
        return name[:place] + letter + name[place:]

    def turned(name):
        words = name.split()
        chance.shuffle(words)
        return " ".join(words)

    return [(name, slip(name), turned(name)) for name in names]


def recall(names):
    index = SanctionIndex([listed(name, uid=str(at)) for at, name in enumerate(names)])
    variants = names_with_variants(names)
    subjects = [
        Subject(key=f"{at}/{kind}", names=(variant,))
        for at, (_, *pair) in enumerate(variants)
        for kind, variant in enumerate(pair)
    ]
    found = index.screen(subjects, threshold_ppm=THRESHOLD)
    met = {one.key for one in found if one.key.split("/")[0] == one.uid}
    return len(met) / len(subjects)


def test_slips_and_turned_words_are_found_in_95_of_100():
    first = [
        "Anton",
        "Berta",
        "Casimir",
        "Doris",
        "Emil",
        "Frieda",
        "Gustav",
        "Helene",
        "Ingmar",
        "Johanna",
    ]
    last = [
        "Bergmann",
        "Sorokin",
        "Haddad",
        "Ferrari",
        "Lindqvist",
        "Okafor",
        "Petersen",
        "Novak",
        "Tanaka",
        "Duarte",
    ]
    names = [f"{one} {other}" for one in first for other in last]
    assert recall(names) >= 0.95


def test_labelled_pairs_of_different_companies_stay_apart():
    """On the labelled Dutch names: at least 95 % recall, at most 2 % of the hard pairs alike."""
    if not PAIRS.exists():
        pytest.skip("the labelled name pairs of ../shared/data are not here")
    with gzip.open(PAIRS, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["gt_name"] for row in rows if len(row["gt_name"]) > 12})
    assert recall(names) >= 0.95
    different = [(row["gt_name"], row["name"]) for row in rows if row["correct"] == "False"]
    alike = [pair for pair in different if score(*pair) >= THRESHOLD]
    assert len(alike) <= 0.02 * len(different)
