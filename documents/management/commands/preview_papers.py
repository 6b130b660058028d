"""`manage.py preview_papers DIR`: every paper template as PDF, from its sample and from the worst that may come."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from documents.rendering.paper import render
from documents.rendering.samples import CODES, PLAIN, plain_sample, plain_torture, sample, torture
from documents.rendering.templates import TEMPLATES
from documents.rendering.typeset import plain_pdf


class Command(BaseCommand):
    """Writes ``<template>.pdf`` and ``<template>.torture.pdf``; needs no database. Demo and test mode only."""

    help = "Print every paper template from its sample into a folder (demo and test mode only)."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the PDF files go; made when it is not there")
        parser.add_argument("--only", default="", help="one template, by name")

    def handle(self, *args: Any, folder: Path, only: str, **options: Any) -> None:
        if settings.PORTAL_MODE == "production":
            raise CommandError("Invented papers with the court's seal do not exist in production.")
        chosen = [name for name in (*TEMPLATES, *PLAIN) if only in ("", name)]
        if not chosen:
            raise CommandError(f"No paper template {only}.")
        folder.mkdir(parents=True, exist_ok=True)
        moment = clock.process_now()
        for name in chosen:
            if name in PLAIN:
                for ending, data in (("", plain_sample(name)), (".torture", plain_torture(name))):
                    (folder / f"{name}{ending}.pdf").write_bytes(plain_pdf(name, data, moment=moment))
                continue
            for ending, made in (("", sample(name)), (".torture", torture(name))):
                (folder / f"{name}{ending}.pdf").write_bytes(render(made.copy(), CODES, moment=moment))
        self.stdout.write(f"{len(chosen)} templates printed into {folder}.")
