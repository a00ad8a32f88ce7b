"""Do the documents and the stubs say what is so?"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

PAGES = ["README.md", "scrm-py/README.md", *(str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("docs/**/*.md")))]

# What a page says is printed: `print(outcome)  # decided`.
SHOWN = re.compile(r"^( *)print\((.+?)\) {2,}# (.+)$", re.M)


def blocks() -> Iterator[tuple[str, str]]:
    """Python blocks, those of one page joined: a later one goes on where an earlier one ended."""
    for page in PAGES:
        path = ROOT / page
        if path.exists():
            found = re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)
            if found:
                yield page, SHOWN.sub(r'\1assert str(\2) == """\3"""', "\n".join(found))


@pytest.mark.parametrize("page, code", list(blocks()))
def test_the_python_of_the_documents_runs(page: str, code: str, tmp_path: Path) -> None:
    """As a reader would at the root of a checkout, but without leaving anything there."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, f"{page}\n{done.stdout}\n{done.stderr}"


def test_the_stubs_are_those_of_the_extension(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "scrm"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_type_checks(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "-p", "scrm"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_has_a_docstring() -> None:
    import scrm

    for name in scrm.__all__:
        kind = getattr(scrm, name)
        if isinstance(kind, type):
            assert kind.__doc__, name
            for member, value in vars(kind).items():
                # What a class of Python's own keeps is said where it is declared.
                if not member.startswith("_") and kind.__module__ == "scrm":
                    assert value.__doc__, f"{name}.{member}"
