"""Policies of PostgreSQL that keep the rows of companies apart.

A policy does nothing until `dunwell walls up` turns row-level security on. A table with a company
compares it; a table that hangs on another is seen where that one's row is. Subqueries without
parts of the row are worked out once for a statement, so that an index still serves.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field, ForeignKey, Model

POLICY = "dunwell_wall"
EVERYBODYS = frozenset(
    {
        "company", "user", "signinlink", "samlanswer", "samlkey",
        "portalperson", "portalpasskey", "portalknock",
    }
)  # fmt: skip
"""Tables that belong to no company: people, how they sign in, and the companies themselves."""
IS_OPEN = "(SELECT current_setting('dunwell.companies', true) = '*')"
OURS = (
    "(SELECT string_to_array(NULLIF(current_setting('dunwell.companies', true), '*'), ',')"
    "::bigint[])::bigint[]"
)


def walled(apps: Apps) -> dict[str, str]:
    """Return the condition under which a row is seen and taken, by table."""
    found: dict[str, str] = {}
    for model in apps.get_app_config("dunwell").get_models():
        if model._meta.model_name in EVERYBODYS or not model._meta.managed:
            continue
        if not _condition(model):
            raise ValueError(f"{model._meta.label} belongs to no company and is not everybody's.")
        found[model._meta.db_table] = f"{IS_OPEN} OR {_condition(model)}"
    return found


def _condition(model: type[Model]) -> str:
    keys = [one for one in model._meta.local_fields if isinstance(one, ForeignKey)]
    if any(one.column == "company_id" for one in keys):
        return f"company_id = ANY ({OURS})"
    parent = next((one for one in keys if _leads_to_a_company(one)), None)
    if parent is None:
        return ""
    table, column = parent.related_model._meta.db_table, parent.column
    own = f'"{model._meta.db_table}"."{column}"'
    return f'EXISTS (SELECT 1 FROM "{table}" AS parent WHERE parent.id = {own})'


def _leads_to_a_company(key: Field) -> bool:
    related = key.related_model
    return not key.null and related._meta.model_name not in EVERYBODYS and related is not key.model


def policies(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every table the policy that it lacks; nothing on other databases."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = %s", [POLICY])
        has = {table for (table,) in cursor.fetchall()}
    for table, condition in walled(apps).items():
        if table not in has:
            schema_editor.execute(f'CREATE POLICY {POLICY} ON "{table}" USING ({condition})')


def no_policies(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take every wall down, and its policy away."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in walled(apps):
        schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'DROP POLICY IF EXISTS {POLICY} ON "{table}"')
