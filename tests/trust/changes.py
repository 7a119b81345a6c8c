"""Small changes to the source of a module, one at a time: what a slip of the hand would make of it.

Changed are comparisons, sums, conditions, whole numbers, true and false, the last of several values,
pairs such as min and max, and statements that only act. Texts are not, nor the guard `strict=`.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One change to the `place`-th node of a module; `way` chooses among those of one node."""

    module: str
    place: int
    way: int
    line: int
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.was}  ->  {self.now}"


COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
CALLED = {
    "min": "max", "max": "min", "any": "all", "all": "any", "first": "last", "last": "first",
    "bisect_left": "bisect_right", "bisect_right": "bisect_left",
}  # fmt: skip
UNREAD = ("annotation", "returns", "decorator_list", "type_params", "bases")
"""Fields that say nothing of what a module computes."""


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _of_operator(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of an operator and what it joins."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARED:
            yield ast.Compare(left=left, ops=[COMPARED[type(op)]()], comparators=[right])
        case ast.Compare(left=left, ops=ops, comparators=right):
            for n, op in enumerate(ops):
                changed = [*ops[:n], COMPARED[type(op)](), *ops[n + 1 :]]
                yield ast.Compare(left=left, ops=changed, comparators=right)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in COMPUTED:
            yield ast.BinOp(left=left, op=COMPUTED[type(op)](), right=right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(op=ast.Or() if isinstance(op, ast.And) else ast.And(), values=values)
        case ast.UnaryOp(operand=operand):
            yield operand


def _of_value(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a value."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value=value + 1)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test=_negated(test), body=body, orelse=orelse)
        case ast.Tuple(elts=[*most, _], ctx=ast.Load() as ctx) if most:
            yield ast.Tuple(elts=most, ctx=ctx)
        case ast.Name(id=name, ctx=ast.Load() as ctx) if name in CALLED:
            yield ast.Name(id=CALLED[name], ctx=ctx)
        case ast.Attribute(value=value, attr=name, ctx=ctx) if name in CALLED:
            yield ast.Attribute(value=value, attr=CALLED[name], ctx=ctx)


def _of_statement(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a statement or of a part of a comprehension."""
    match node:
        case ast.If() | ast.While():
            changed = copy.copy(node)
            changed.test = _negated(node.test)
            yield changed
        case ast.comprehension(ifs=[first, *others]):
            changed = copy.copy(node)
            changed.ifs = [_negated(first), *others]
            yield changed
            changed = copy.copy(node)
            changed.ifs = others
            yield changed
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _changes(node: ast.AST) -> list[ast.AST]:
    return [*_of_operator(node), *_of_value(node), *_of_statement(node)]


def _places(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Yield every node below one that is read when the module runs: its parent, field and index."""
    for field, value in ast.iter_fields(node):
        if field in UNREAD or getattr(node, "arg", None) == "strict":
            continue
        children = value if isinstance(value, list) else [value]
        for n, child in enumerate(children):
            if isinstance(child, ast.AST):
                yield node, field, n if isinstance(value, list) else None
                yield from _places(child)


def _node(parent: ast.AST, field: str, index: int | None) -> ast.AST:
    value = getattr(parent, field)
    return value if index is None else value[index]


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:90]


def mutants(module: str, source: str) -> list[Mutant]:
    """Return every change that can be made to a module, in the order of its source."""
    found = []
    line = 1
    for place, where in enumerate(_places(ast.parse(source))):
        node = _node(*where)
        line = getattr(node, "lineno", line)
        for way, changed in enumerate(_changes(node)):
            was, now = _short(node), _short(changed)
            found.append(Mutant(module=module, place=place, way=way, line=line, was=was, now=now))
    return found


class _Counted(ast.NodeTransformer):
    """Counts every turn of a loop and every call of a function."""

    def _begin(self, node):
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(value=self._turn()))
        return node

    visit_While = visit_For = visit_FunctionDef = _begin  # noqa: N815 -- names of ast

    def visit_comprehension(self, node):
        self.generic_visit(node)
        node.ifs.insert(0, self._turn())
        return node

    @staticmethod
    def _turn():
        return ast.Call(func=ast.Name(id="__turn__", ctx=ast.Load()), args=[], keywords=[])


def source_with(source: str, mutant: Mutant | None) -> ast.Module:
    """Return a module with a change in it, or as it stands, its turns counted."""
    tree = ast.parse(source)
    if mutant is not None:
        parent, field, index = list(_places(tree))[mutant.place]
        node = _node(parent, field, index)
        changed = _changes(node)[mutant.way]
        ast.copy_location(changed, node)
        if index is None:
            setattr(parent, field, changed)
        else:
            getattr(parent, field)[index] = changed
    return ast.fix_missing_locations(_Counted().visit(tree))
