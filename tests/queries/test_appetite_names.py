"""The limits that the appetite form names are read in the reader's language."""

from django.utils.translation import override

from dunwell.engine.appetite_form import LIMIT_NAMES
from dunwell.queries.appetite_names import LABELS, limit_label


def test_every_limit_of_the_form_has_a_label_and_a_policys_own_name_stands():
    assert {*LABELS} == {*LIMIT_NAMES.values()}
    assert [limit_label(name) for name in LABELS] == [*LABELS]
    with override("de"):
        assert limit_label("Weak risk classes") == "Schwache Risikoklassen"
        assert not [name for name in LABELS if limit_label(name) == name]
        assert limit_label("Our own limit") == "Our own limit"
