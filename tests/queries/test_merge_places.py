"""Every column that names a customer is in the register of merges, once and by its right name."""

from django.apps import apps

from dunwell.models import Customer
from dunwell.queries.merge_places import FOLLOWING, PLACES, STAYS, WORKED_OUT

PREFIX = len("dunwell_")


def columns():
    """Table and column of every key to a customer."""
    return {
        (model._meta.db_table[PREFIX:], field.column)
        for model in apps.get_app_config("dunwell").get_models()
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model is Customer
    }


def test_every_column_that_names_a_customer_moves_follows_is_worked_out_or_stays():
    moved = {(place.table, place.column) for place in PLACES}
    rest = {tuple(one.split(".")) for one in FOLLOWING | WORKED_OUT}
    staying = {word for words in STAYS.values() for word in words.split()}
    stays = {(table, column) for table, column in columns() if table in staying}
    assert moved | rest | stays == columns()
    assert not moved & rest and not (moved | rest) & stays
    assert staying == {table for table, _ in stays}
    assert len(PLACES) == len(moved)
