"""Print the measures of the code beside their budgets.

    python tools/budgets.py PACKAGE TESTS

Migrations and generated files are left out. A measure over its budget is marked;
it is allowed when the commit that brings it says why.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.Match,
)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore")
LOOSE_END = re.compile(r"\b(TODO|FIXME|HACK|XXX)\b")


@dataclass(frozen=True)
class Measure:
    """A number of the code, and the largest or the smallest it should be."""

    name: str
    value: int
    budget: int
    is_least: bool = False

    @property
    def is_kept(self) -> bool:
        if self.is_least:
            return self.value >= self.budget
        return self.value <= self.budget

    def __str__(self) -> str:
        sign = "≥" if self.is_least else "≤"
        mark = "" if self.is_kept else "  over budget"
        return f"{self.name:32}{self.value:>6}   {sign} {self.budget}{mark}"


@dataclass(frozen=True)
class Code:
    """The modules of a package, as texts and as trees."""

    texts: Sequence[str]

    @classmethod
    def read(cls, folder: Path) -> Code:
        paths = [p for p in sorted(folder.rglob("*.py")) if "migrations" not in p.parts]
        return cls([text for path in paths if (text := path.read_text("utf-8"))])

    def nodes(self) -> Iterator[ast.AST]:
        for text in self.texts:
            yield from ast.walk(ast.parse(text))

    def functions(self) -> list[Function]:
        return [node for node in self.nodes() if isinstance(node, Function)]


def main(package: Path, tests: Path) -> None:
    for measure in [*package_measures(Code.read(package)), test_measure(tests)]:
        print(measure)


def package_measures(code: Code) -> list[Measure]:
    modules = [text.count("\n") for text in code.texts] or [0]
    functions = code.functions()
    lines = [length(function) for function in functions] or [0]
    hinted = sum(is_hinted(function) for function in functions)
    return [
        Measure("module lines, median", round(statistics.median(modules)), 90),
        Measure("module lines, max", max(modules), 250),
        Measure("function lines, median", round(statistics.median(lines)), 8),
        Measure("function lines, p95", percentile_95(lines), 30),
        Measure("function lines, max", max(lines), 45),
        Measure("block nesting, max", max(map(nesting, functions), default=0), 3),
        Measure("functions of > 5 parameters", sum(map(is_wide, functions)), 0),
        Measure("imports in functions", sum(map(inner_imports, functions)), 0),
        Measure("broad excepts", sum(map(is_broad, code.nodes())), 2),
        Measure("TODO and the like", matches(LOOSE_END, code), 0),
        Measure("type ignores", matches(TYPE_IGNORE, code), 8),
        Measure("functions hinted, %", share(hinted, len(functions)), 100, True),
    ]


def test_measure(folder: Path) -> Measure:
    functions = Code.read(folder).functions()
    lines = [length(f) for f in functions if f.name.startswith("test_")] or [0]
    return Measure("lines per test, median", round(statistics.median(lines)), 15)


def length(function: Function) -> int:
    """Return the lines of a function from its ``def`` on, decorators left out."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Return how deep blocks nest inside a node; an ``elif`` adds no level."""
    depths = [depth]
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, SCOPES):
            is_elif = isinstance(node, ast.If) and node.orelse == [child]
            is_level = isinstance(child, BLOCKS) and not (
                is_elif and isinstance(child, ast.If)
            )
            depths.append(nesting(child, depth + is_level))
    return max(depths)


def parameters(function: Function) -> list[ast.arg]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [argument for argument in every if argument.arg not in {"self", "cls"}]


def is_wide(function: Function) -> bool:
    return len(parameters(function)) > 5


def is_hinted(function: Function) -> bool:
    return function.returns is not None and all(
        argument.annotation for argument in parameters(function)
    )


def inner_imports(function: Function) -> int:
    return sum(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(function))


def is_broad(node: ast.AST) -> bool:
    """Tell whether a node is an ``except`` that catches (nearly) everything."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    if node.type is None:
        return True
    caught = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
    return bool(caught & {"Exception", "BaseException"})


def matches(pattern: re.Pattern[str], code: Code) -> int:
    return sum(len(pattern.findall(text)) for text in code.texts)


def percentile_95(numbers: Sequence[int]) -> int:
    return sorted(numbers)[round(0.95 * (len(numbers) - 1))]


def share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 100


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
