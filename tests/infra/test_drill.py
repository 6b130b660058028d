"""The restore drill finds nothing on a good installation and names what a bad one lost."""

import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from courts.models import Court
from documents.models import StoredFile
from launcher import postgres
from tests.infra.test_database_roles import run_python
from tests.support.database import process_environment


def drill() -> Any:
    """Run it as owner in a process of its own."""
    owner = process_environment() | {"PORTAL_DB_ROLE": "owner", "PG_BINDIR": str(postgres.binaries())}
    return run_python("manage.py", owner, "drill", "restore")


@pytest.mark.req("REL-56")
def test_restore_drill(transactional_db: None) -> None:
    key = default_storage.save("drill-probe", ContentFile(b"evidence"))
    stored = StoredFile.objects.create(
        court=Court.objects.get(code="某1234"),
        owner_kind="probe",
        owner_public_id=uuid.uuid4(),
        display_name="probe.pdf",
        storage_key=key,
        content_type="application/pdf",
        size_bytes=8,
        sha256="0d2f8b6c7c4bba3cc4a4cf1d6a3ec9d4a9e3e1c3ee4a1d3a5b8b9b5ec4d7a1f0",
        received_at="2026-03-02T08:00:00Z",
    )
    wrong = drill()
    assert wrong.returncode != 0
    assert f"file {stored.public_id}: bytes differ from their hash" in wrong.stderr
    default_storage.delete(key)
    assert f"file {stored.public_id}: missing" in drill().stderr
    StoredFile.objects.all().delete()
    good = drill()
    assert good.returncode == 0, good.stderr
    assert "nothing differs" in good.stdout
