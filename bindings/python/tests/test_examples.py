"""Every example in a document or a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import freezable_chaos as fc

PACKAGE = Path(__file__).parents[1]
DOCUMENTS = [PACKAGE / "README.md", PACKAGE.parents[1] / "README.md", PACKAGE.parents[1] / "docs" / "python.md"]
BLOCKS = [
    pytest.param(block, id=f"{document.name}-{number}")
    for document in DOCUMENTS
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```", document.read_text(), re.M | re.S))
]
MODULES = [module.name for module in pkgutil.iter_modules(fc.__path__) if module.name != "_native"]


@pytest.mark.parametrize("name", ["", *MODULES])
def test_docstrings(name: str) -> None:
    module = importlib.import_module(f"freezable_chaos.{name}" if name else "freezable_chaos")
    found = doctest.testmod(module)
    assert found.failed == 0


def test_what_has_examples_is_seen() -> None:
    finder = doctest.DocTestFinder()
    shown = [test for name in ("network", "measurements", "estimators", "theory") for test in finder.find(
        importlib.import_module(f"freezable_chaos.{name}")) if test.examples]
    assert len(shown) >= 11


@pytest.mark.parametrize("block", BLOCKS)
def test_documents(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "document", "exec"), {"__name__": "document"})


def test_every_public_name_is_documented() -> None:
    for name in fc.__all__:
        of = getattr(fc, name)
        assert isinstance(of, (int, str)) or (of.__doc__ or "").strip(), name
        for member in vars(of).values() if isinstance(of, type) else ():
            target = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if callable(target) and not target.__name__.startswith("_"):
                assert (target.__doc__ or "").strip(), f"{name}.{target.__name__}"
