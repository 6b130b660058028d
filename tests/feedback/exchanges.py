"""Browsers and files for the tests of what goes with messages."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from cases.models import AccessBasis
from cases.services import grant_access
from common import clock
from common.actor import Actor, Kind, Role, ScanPass
from tests.documents.craft import photo
from tests.support.scans import Told


def bind_li(told: Told) -> Client:
    """李, defendant, bound by his real name."""
    user, basis = told.cast.users["li"], AccessBasis.REAL_NAME
    grant_access(party=told.defendant, user=user, basis=basis, actor=told.cast.clerk)
    return told.cast.client("li")


def scanning(told: Told) -> Actor:
    """李 with the code of his paper only."""
    until = clock.process_now() + timedelta(minutes=30)
    scan = ScanPass(told.case.pk, told.defendant.pk, told.copy(told.defendant).pk, until)
    return Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")


_photo = cache(photo)


def picture(name: str = "收条.jpg", size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    """A photo; one size has always the same bytes."""
    return SimpleUploadedFile(name, _photo(size=size), content_type="image/jpeg")


def send(client: Client, path: str, **data: object) -> HttpResponse:
    """A message as its form sends it."""
    body = {"form_key": uuid.uuid4(), "letter": uuid.uuid4(), "action": "send"} | data
    return client.post(path, body)
