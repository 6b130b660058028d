"""The code of the project as the tests of its rules read it."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

from django.apps import apps

from launcher.paths import ROOT

APPS = [config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()]


@cache
def tracked() -> list[Path]:
    """Files of the repository and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def sources(*folders: str) -> list[Path]:
    """Python files of these top folders, migrations apart."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and path.relative_to(ROOT).parts[0] in folders
        and "migrations" not in path.relative_to(ROOT).parts
    ]


def words_in(path: Path) -> set[str]:
    """Every text constant of a file."""
    return {
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
