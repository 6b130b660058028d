"""Where anchors and copies of backups lie nobody changes them: a folder, or a bucket with object lock over real S3 (docs/adr/0039)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from common.write_once import Folder, LockedBucket, NotLocked, place_of
from documents import prepare_buckets
from documents.buckets import write_once_options
from eventlog import anchors
from launcher.paths import ROOT
from tests.eventlog.test_anchors import many
from tests.support.buckets import s3_address
from tests.support.disk import no_room_beyond
from tests.support.servers import Signer

__all__ = ["s3_address"]


@pytest.fixture
def options(s3_address: str) -> dict[str, Any]:
    """How the store is reached."""
    return write_once_options(
        endpoint=s3_address,
        region="us-east-1",
        access_key="tests",
        secret="tests-only-secret-key",
        style="path",
    )


@pytest.fixture
def client(options: dict[str, Any]) -> Iterator[Any]:
    """The store's administrator."""
    with closing(boto3.client("s3", **options)) as client:
        yield client


@pytest.fixture
def names() -> tuple[str, str]:
    """Buckets of this test alone: what is locked cannot be cleared away."""
    own = uuid.uuid4().hex
    return f"files-{own}", f"locked-{own}"


@pytest.fixture
def place(options: dict[str, Any], names: tuple[str, str], settings: Any) -> Iterator[LockedBucket]:
    """A folder in the locked bucket of a prepared store."""
    prepare_buckets.prepare(options, *names)
    settings.WRITE_ONCE = options
    with place_of(f"s3://{names[1]}/copies") as found:
        assert isinstance(found, LockedBucket)
        yield found


@pytest.mark.req("REL-56", "SEC-44")
def test_a_folder_takes_a_file_whole_or_not_at_all(tmp_path: Path) -> None:
    folder, content = Folder(tmp_path / "copies"), bytes(range(256)) * 800
    (tmp_path / "segment").write_bytes(content)
    for source in (content, tmp_path / "segment"):
        with no_room_beyond(100_000), pytest.raises(OSError, match="File too large"):
            folder.put("one", source)
        assert folder.names() == [] and list(folder.path.iterdir()) == []
    folder.put("one", content)
    folder.put("one", tmp_path / "segment")
    assert folder.read("one") == content and (folder.path / "one").stat().st_mode & 0o777 == 0o444
    for other in (content[:-1], content + b"x"):
        with pytest.raises(FileExistsError):
            folder.put("one", other)
    assert [path.name for path in folder.path.iterdir()] == ["one"]


KILLED = """
import os, sys
from pathlib import Path
from common.write_once import Folder

class Killed(type(Path())):
    def open(self, *arguments, **more):
        content = super().open(*arguments, **more)
        read = content.read
        def first_then_die(*size):
            piece = read(1000)
            if content.tell() > 5000:
                os.kill(os.getpid(), 9)
            return piece
        class Source:
            def __enter__(self): return self
            def __exit__(self, *rest): pass
            read = staticmethod(first_then_die)
        return Source()

Folder(Path(sys.argv[1])).put("one", Killed(sys.argv[2]))
"""


@pytest.mark.req("REL-56", "SEC-44")
def test_a_process_killed_while_it_writes_leaves_the_name_free(tmp_path: Path) -> None:
    source, folder = tmp_path / "segment", Folder(tmp_path / "copies")
    source.write_bytes(bytes(100_000))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, folder.path, source], cwd=ROOT, env=os.environ, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert len(list(folder.path.iterdir())) == 1 and folder.names() == [], "the control: it was writing"
    folder.put("one", source)
    assert folder.names() == ["one"] and folder.read("one") == bytes(100_000)


@pytest.mark.req("REL-56", "SEC-44")
def test_what_a_locked_bucket_took_stays(place: LockedBucket, client: Any, tmp_path: Path) -> None:
    large = tmp_path / "base.tar.age"
    large.write_bytes(bytes(range(256)) * 80_000)
    place.put("base.tar.age", large)
    place.put("base.tar.age", large)
    place.put("note", b"first")
    with pytest.raises(FileExistsError):
        place.put("note", b"second")
    assert place.names() == ["base.tar.age", "note"]
    assert place.read("base.tar.age") == large.read_bytes() and place.read("note") == b"first"
    with pytest.raises(FileNotFoundError):
        place.read("nothing")
    (kept,) = client.list_object_versions(Bucket=place.bucket, Prefix="copies/note")["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):  # the administrator too
        client.delete_object(
            Bucket=place.bucket, Key=kept["Key"], VersionId=kept["VersionId"], BypassGovernanceRetention=True
        )
    assert place.read("note") == b"first"


@pytest.mark.req("REL-56")
def test_a_bucket_that_does_not_lock_is_told_at_once(
    options: dict[str, Any], names: tuple[str, str], client: Any, settings: Any
) -> None:
    settings.WRITE_ONCE = options
    client.create_bucket(Bucket=names[0])
    with place_of(f"s3://{names[0]}") as open_bucket, pytest.raises(NotLocked):
        open_bucket.put("note", b"first")
    with place_of("s3://no-such-bucket/x") as nowhere, pytest.raises(OSError, match="NoSuchBucket"):
        nowhere.put("note", b"first")
    settings.WRITE_ONCE = options | {"endpoint_url": "http://127.0.0.1:1"}
    with place_of("s3://away/x") as away, pytest.raises(OSError, match="EndpointConnectionError"):
        away.names()


@pytest.mark.req("SEC-44")
def test_anchors_go_into_a_locked_bucket(
    transactional_db: None, own_signer: Signer, place: LockedBucket, settings: Any
) -> None:
    settings.ANCHORS_DIR = f"s3://{place.bucket}/anchors"
    own_signer.start()
    many("case:a")
    anchor = anchors.cut(now_at_once=True)
    assert anchor and anchors.complete_pending() == 3
    with place_of(settings.ANCHORS_DIR) as outside:
        assert outside.names() == [f"anchor-{anchor.number:09}.jsonl"]
        anchors.write_once(outside, anchor)
        anchor.text += " "
        with pytest.raises(FileExistsError):
            anchors.write_once(outside, anchor)


def test_the_stores_buckets_are_made_and_looked_at(
    options: dict[str, Any],
    names: tuple[str, str],
    client: Any,
    s3_address: str,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variables = {
        "STORE_ENDPOINT": s3_address, "BUCKET_NAME": names[0], "LOCKED_BUCKET": names[1],
        "STORE_ADMIN_ACCESS_KEY": "tests", "STORE_ADMIN_SECRET_KEY": "tests-only-secret-key",
    }  # fmt: skip
    assert prepare_buckets.main(variables) == prepare_buckets.main(variables) == 0, "again does no harm"
    (rule,) = client.get_bucket_lifecycle_configuration(Bucket=names[0])["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": prepare_buckets.VERSION_DAYS}
    over = client.get_bucket_lifecycle_configuration(Bucket=names[1])["Rules"]
    assert [(one["Filter"]["Prefix"], one["Expiration"]["Days"]) for one in over] == [
        ("backups/", prepare_buckets.LOCKED_DAYS + 1),
        ("anchors/closed-", prepare_buckets.LOCKED_DAYS + 1),
    ], "copies pass when their lock does; anchors stay"
    with pytest.raises(prepare_buckets.Unfit, match="open to everybody"):
        prepare_buckets.see_private(client, client, names[0])  # control: somebody who may read
    monkeypatch.setattr(prepare_buckets, "MODE", "GOVERNANCE")  # a rule that its administrator may pass
    prepare_buckets.make_locked(client, f"weak-{names[1]}"[:63])
    with pytest.raises(NotLocked):
        LockedBucket(client, f"weak-{names[1]}"[:63]).put("note", b"first")
    assert prepare_buckets.main(variables | {"STORE_ENDPOINT": "http://127.0.0.1:1"}) == 1
    assert "prepare_buckets: Could not connect" in capsys.readouterr().err


def test_a_folder_takes_each_name_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "copies")
    assert folder.names() == []
    folder.put("below/one", b"first")
    folder.put("below/one", b"first")
    with pytest.raises(FileExistsError):
        folder.put("below/one", b"second")
    assert folder.read("below/one") == b"first"
