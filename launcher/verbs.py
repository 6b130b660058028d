"""The verbs of `dev.py`."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from launcher import images
from launcher.audit import audit
from launcher.bootstrap import become_environment, ensure_environment
from launcher.demo import manage_verb, reset, run
from launcher.gates import GATES
from launcher.proving import audit_verify, bench, check, coverage, drill, gate, load_ratio, test
from launcher.sbom import bill_of_materials


def sbom(arguments: Sequence[str]) -> int:
    """`make sbom`: print the parts list of the production image, or write it to a file that is named."""
    text = json.dumps(bill_of_materials(), indent=2) + "\n"
    if arguments:
        Path(arguments[0]).write_text(text)
    else:
        print(text, end="")
    return 0


def list_images(arguments: Sequence[str]) -> int:
    """`make images`: images without digest; with `pin` they get one from their registry."""
    try:
        told = images.pin() if "pin" in arguments else images.unpinned()
    except RuntimeError as error:
        raise SystemExit(f"Not pinned, nothing was written: {error}") from None
    print("\n".join(told) or "every image has its digest")
    return 1 if images.unpinned() else 0


def deploy(arguments: Sequence[str]) -> int:
    """`make deploy`: build and start the compose file, when every image has its digest."""
    return images.deploy(list(arguments))


VERBS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "run": (run, "local"),
    "manage": (manage_verb, "local"),
    "reset": (reset, ""),
    "test": (test, "dev"),
    "check": (check, "dev"),
    "bench": (bench, "dev"),
    "coverage": (coverage, "dev"),
    "drill": (drill, "dev"),
    "audit-verify": (audit_verify, "local"),
    "load-ratio": (load_ratio, "dev"),
    "sbom": (sbom, ""),
    "audit": (audit, ""),
    "images": (list_images, ""),
    "deploy": (deploy, ""),
    **{name: (gate(name), "dev") for name in GATES},
}


def main(arguments: list[str]) -> int:
    """Choose the verb, make its environment, continue inside it."""
    if not arguments or arguments[0] not in VERBS:
        print(f"usage: python3 dev.py {'|'.join(VERBS)} …")
        return 2
    verb, need = VERBS[arguments[0]]
    if need:
        ensure_environment(need)
        become_environment(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return verb(arguments[1:])
