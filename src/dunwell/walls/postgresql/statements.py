"""Which statements the server may keep ready for other values.

Values go apart from a statement only where the server knows their types from the columns beside
them, and where no expression with a value stands twice: of two values it does not know that they
are one. And only where a record's key is given: over a whole book the best way depends on the
values.
"""

import re
from functools import lru_cache

_COLUMN = r'(?:"\w+"|[A-Z]\d+)\."\w+"'
_VALUES = re.compile(
    rf"{_COLUMN} (?:(?:=|<>|<=|>=|<|>) \(?%s\)?|IN \(%s(?:, %s)*\))"
    # how the framework asks whether there is a row: the value is a number
    r'|SELECT %s AS "a" FROM'
)
_KEY = re.compile(r'\."(?!company_id")(?:id|\w*_id|\w*_key)" (?:= \(?%s|IN \(%s)')
_GATHERS = re.compile(r"\b(?:GROUP BY|DISTINCT|UNION|INTERSECT|EXCEPT|OVER)\b")
LONGEST = 20_000
"""Characters of a statement that is looked at; a longer one is not asked often."""


@lru_cache(maxsize=2_000)
def can_be_kept(sql: str) -> bool:
    """Return whether a statement of the framework's may be kept ready, whatever its values.

    It reads rows of some record, each value is compared with a column, and where rows are
    gathered all values stand in the one condition before that.
    """
    if not sql.startswith("SELECT ") or len(sql) > LONGEST or _KEY.search(sql) is None:
        return False
    if "%" in _VALUES.sub("", sql):
        return False
    if _GATHERS.search(sql) is None:
        return True
    before, _, after = sql.partition(" WHERE ")
    return (
        sql.count("SELECT ") == 1
        and "%s" not in before
        and "%s" not in after.partition(" GROUP BY ")[2]
        and "%s" not in after.partition(" ORDER BY ")[2]
    )
