"""Every notebook runs from its first cell to its last, and is kept with its figures, so that it opens without running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def cells(notebook: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_runs(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    drawn: list[int] = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(len(plt.gcf().axes)) or plt.close("all"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": notebook.stem}
    for cell in cells(notebook):
        exec(compile("".join(cell["source"]), notebook.name, "exec"), names)
    kept = [output for cell in cells(notebook) for output in cell["outputs"] if "image/png" in output.get("data", {})]
    assert len(drawn) == len(kept) >= 1 and all(drawn)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_is_kept_whole(notebook: Path) -> None:
    numbers = [cell["execution_count"] for cell in cells(notebook)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not any(output["output_type"] == "error" for cell in cells(notebook) for output in cell["outputs"])
