"""A prepared query finds what the query finds that is composed anew, with each call's values."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

import dunwell
from dunwell.models import Customer, Event, Item, OpenItem, Payment
from dunwell.queries import prepared as prepared_queries
from dunwell.queries.light_events import tables_read
from dunwell.queries.prepared import LARGEST, prepared
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import TODAY, add_customer

SOURCES = Path(dunwell.__file__).parent
ASKS = {"now", "today", "gettext", "gettext_lazy", "_", "pgettext", "ngettext"}
"""What a function that is called once must not ask, since it would be told for good."""


@pytest.fixture
def book(company):
    """Three customers with three invoices each and a payment."""
    customers = [add_customer(company, f"C{n}") for n in range(3)]
    for n, customer in enumerate(customers):
        for k in range(3):
            due_on = TODAY + timedelta(days=k - 1)
            invoice(customer, f"R{n}-{k}", 1000 * (k + 1) + n, due_on=due_on)
        payment(customer, f"P{n}", 500 + n)
    return customers


def by_key(customer_id: int):
    return Customer.objects.filter(pk=customer_id).select_related("company", "collector")


def due(customer_id: int, on: date):
    return (
        OpenItem.objects.filter(customer_id=customer_id)
        .order_by("currency")
        .values("currency")
        .annotate(late=Sum("open_minor", filter=Q(due_on__lt=on)), n=Count("item"))
    )


def of_many(item_ids: list[int], *, is_newest_first: bool):
    order = "-pk" if is_newest_first else "pk"
    return Item.objects.filter(pk__in=item_ids).order_by(order).values_list("number", "due_on")


def by_names(filters: dict[str, object]):
    return Item.objects.filter(**filters).order_by("number").values_list("number", flat=True)


def by_condition(condition: Q, *, limit: int):
    return Item.objects.filter(condition).select_related("customer").order_by("-pk")[:limit]


def of_open_items(condition: Q):
    return OpenItem.objects.filter(condition).order_by("pk")


def since(at: datetime, verb: str):
    return Event.objects.filter(Q(at__lt=at) | Q(at=at, verb=verb)).order_by("id")


def with_payments(names: list[str], least: int, is_in: bool):
    paid = Payment.objects.filter(customer=OuterRef("pk"), amount_minor__gte=least)
    return (
        Customer.objects.filter(name__in=names)
        .annotate(has_paid=Exists(paid), least=Coalesce(Sum("items__amount_minor"), least))
        .filter(is_opted_out=is_in)
        .order_by("name")
        .prefetch_related("items")
    )


def told(rows):
    """Rows as values that can be compared: of a model with everything that was read with it."""
    return [
        {name: str(value) for name, value in vars(row).items() if name != "_state"}
        if hasattr(row, "pk")
        else row
        for row in rows
    ]


def calls(book):
    """Functions and the arguments of two calls that have one shape."""
    first, second, third = (customer.pk for customer in book)
    items = list(Item.objects.values_list("pk", flat=True))
    names = [customer.name for customer in book]
    moment = datetime(2026, 3, 5, 9, tzinfo=UTC)
    return [
        (by_key, {}, [(first,), (third,), (0,)]),
        (due, {}, [(first, TODAY), (second, TODAY + timedelta(days=3)), (0, TODAY)]),
        (of_many, {"is_newest_first": True}, [(items[:2],), (items[4:6],)]),
        (of_many, {"is_newest_first": False}, [(items[:2],), (items[:1],), ([],)]),
        (
            by_names,
            {},
            [
                ({"customer_id": first},),
                ({"customer_id": second, "due_on__gt": TODAY},),
                ({"customer_id": third, "due_on__gt": TODAY - timedelta(days=9)},),
            ],
        ),
        (
            by_condition,
            {"limit": 4},
            [
                (Q(customer=book[0], due_on__gt=TODAY),),
                (Q(customer=book[1], due_on__gt=TODAY - timedelta(days=1)),),
                (Q(customer=third) & (Q(due_on=TODAY) | ~Q(number="R2-1", due_on__lt=TODAY)),),
                (Q(customer=first) & (Q(due_on=TODAY) | ~Q(number="R0-2", due_on__lt=TODAY)),),
                (Q(pk__in=items[1:4], customer__collector=None),),
                (Q(pk__in=items[5:8], customer__collector=None),),
                (Q(),),
            ],
        ),
        (since, {}, [(moment, "x"), (moment + timedelta(days=400), "item.added")]),
        (with_payments, {}, [(names[:2], 501, False), (names[1:], 1, False), (names, 1, True)]),
    ]


def test_what_is_found_is_what_the_query_finds_that_is_composed_anew(book):
    """Models with what is read with them, sums, plain values, prefetched rows, of every call."""
    found = 0
    for build, shape, given in calls(book):
        read = prepared(build)
        for values in given * 2:
            rows = read(*values, **shape)
            assert told(rows) == told(build(*values, **shape)), (build.__name__, values)
            found += len(rows)
    assert found > 40


def test_related_rows_come_with_it_and_nothing_is_asked_again(book, django_assert_num_queries):
    """One query for the customer with its company, and two with the items of each."""
    read, many = prepared(by_key), prepared(with_payments)
    names = [customer.name for customer in book]
    for _ in range(2):
        with django_assert_num_queries(1):
            assert read(book[0].pk)[0].company == book[0].company
        with django_assert_num_queries(2):
            assert [len(one.items.all()) for one in many(names, 1, False)] == [3, 3, 3]


def test_a_shape_is_composed_once(book, monkeypatch):
    """The second call of a shape composes no SQL; another length does."""
    composed = []
    whole = SQLCompiler.as_sql

    def noted(self, *args, **named):
        composed.append(self)
        return whole(self, *args, **named)

    monkeypatch.setattr(SQLCompiler, "as_sql", noted)
    read, keys = prepared(of_many), list(Item.objects.values_list("pk", flat=True))[:3]
    read(keys[:2], is_newest_first=True)
    assert composed
    composed.clear()
    read(keys[1:], is_newest_first=True)
    assert not composed
    read(keys, is_newest_first=True)
    read(keys[1:], is_newest_first=False)
    assert len(composed) == 2


def test_a_number_larger_than_any_column_finds_nothing_and_breaks_nothing(book):
    """As Django answers it: an address may name any number."""
    read = prepared(by_key)
    assert read(book[0].pk)
    for beyond in (LARGEST, -LARGEST - 1, 10**30):
        assert read(beyond) == []


def test_what_cannot_be_given_is_composed_anew(book):
    """What is empty, a text within a text, a list of foreign keys, a subquery."""
    customers = Customer.objects.filter(number__in=["C0", "C2"])
    for condition in (
        Q(number__icontains="r1"),
        Q(customer__in=[book[0].pk, book[2].pk]),
        Q(customer__in=customers.values("pk")),
        Q(Exists(customers.filter(pk=OuterRef("customer")))),
        ~Q(customer=book[1]) & Q(open_now__isnull=False, customer__collector=None),
    ):
        found = prepared(by_condition)(condition, limit=4)
        assert found == list(by_condition(condition, limit=4))
        assert found, condition
    assert prepared(by_key)(None) == []


def test_a_field_that_works_with_the_value_itself_is_asked_as_always(book):
    """The key of an open item is that of its item, a foreign key; a list of such takes no place."""
    keys = list(OpenItem.objects.order_by("pk").values_list("pk", flat=True))
    read = prepared(of_open_items)
    for given in (keys[:2], keys[3:5], keys[:2]):
        assert [row.pk for row in read(Q(pk__in=given))] == given


def test_the_tables_it_reads_are_known_to_sums_each_time(book):
    """A kept sum has to hear of every table, from the second call on too."""
    read = prepared(due)
    for _ in range(2):
        with tables_read() as tables:
            read(book[0].pk, TODAY)
        assert tables == {"dunwell_openitem"}


def test_a_lock_outside_a_transaction_is_left_to_django_to_refuse(book, monkeypatch):
    """From the second call on too, whose SQL is not composed any more."""
    composed = []

    def locked(customer_id: int):
        composed.append(customer_id)
        return Customer.objects.select_for_update(of=("self",)).filter(pk=customer_id)

    read, key = prepared(locked), book[0].pk
    assert read(key) == read(key) == [book[0]]
    assert len(composed) == 1
    monkeypatch.setattr(connection, "get_autocommit", lambda: True)
    if connection.features.has_select_for_update:
        with pytest.raises(transaction.TransactionManagementError):
            read(key)
    else:
        assert read(key) == [book[0]]
    assert len(composed) == 2


class Line:
    """A connection as another thread has one: the same database, other cursors."""

    def __init__(self):
        self.cursors = 0

    def __getattr__(self, name):
        return getattr(connection, name)

    def cursor(self):
        self.cursors += 1
        return connection.cursor()


def test_each_call_reads_by_the_connection_of_its_own_thread(book, monkeypatch):
    """Never by the one that the query was prepared with."""
    read, line = prepared(by_key), Line()
    read(book[0].pk)
    monkeypatch.setattr(prepared_queries, "connections", {"default": line})
    assert read(book[1].pk) == [book[1]]
    assert line.cursors == 1
    monkeypatch.undo()
    assert read(book[2].pk) == [book[2]]
    assert line.cursors == 1


def marked():
    """Every function of the product that is marked as prepared."""
    for path in SOURCES.rglob("*.py"):
        text = path.read_text()
        if "@prepared" in text:
            for node in ast.walk(ast.parse(text)):
                names = [ast.unparse(one) for one in getattr(node, "decorator_list", ())]
                if isinstance(node, ast.FunctionDef) and "prepared" in names:
                    yield f"{path.name}:{node.name}", node


LOOKS = (
    *(ast.BoolOp, ast.Compare, ast.BinOp, ast.UnaryOp, ast.comprehension),
    *(ast.Attribute, ast.Subscript, ast.FormattedValue),
)


def looked_at(node, values):
    """Values of the calls that the function itself decides by or works with."""
    for one in ast.walk(node):
        inner = ()
        if isinstance(one, ast.If | ast.IfExp):
            inner = ast.walk(one.test)
        elif isinstance(one, LOOKS):
            inner = ast.iter_child_nodes(one)
        yield from (name.id for name in inner if isinstance(name, ast.Name) and name.id in values)


def test_a_function_that_looks_at_a_value_is_found():
    """The test below can fail."""
    for text, seen in (
        ("if at > 3: return None", 1),
        ("return rows if at else None", 1),
        ("return Rows.filter(until=at - day)", 1),
        ("return Rows.filter(until=at.date())", 1),
        ("return Rows.filter(until=at[0])", 1),
        ("return Rows.filter(name=f'{at}')", 1),
        ("return Rows.filter(pk__in=[one for one in at])", 1),
        ("return Rows.filter(at=at, limit=least + 1).order_by('pk')[: least + 1]", 0),
    ):
        function = ast.parse(f"def query(at, *, least):\n    {text}").body[0]
        assert len(set(looked_at(function, {"at"}))) == seen, text


@pytest.mark.parametrize(("name", "node"), [pytest.param(*one, id=one[0]) for one in marked()])
def test_what_is_prepared_asks_nothing_that_the_first_call_would_settle(name, node):
    """No clock, no translation, no decision by a value, one `return`."""
    values = {argument.arg for argument in node.args.posonlyargs + node.args.args}
    asked = {
        one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
        for one in ast.walk(node)
        if isinstance(one, ast.Call)
    }
    assert not asked & ASKS
    assert not node.args.vararg
    assert not node.args.kwarg
    assert not [one for statement in node.body for one in looked_at(statement, values)]
