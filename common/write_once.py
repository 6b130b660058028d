"""Places where what was written stays as it was: a folder that another office keeps, or a bucket with object lock (docs/adr/0024,
0031, 0039). For anchors of the trail and for the second copy of the backups.

A bucket is named ``s3://bucket/folder``; how it is reached stands in the settings (``WRITE_ONCE``). The key that the portal has may add
there; that nothing is changed or removed is the bucket's own rule, and every upload looks whether the rule holds.
"""

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from common.clock import process_now

SCHEME = "s3"
ONE_PIECE, PART_BYTES = 1024**3, 64 * 1024**2
"""Up to so much goes in one request, which is the simplest thing that a lock can be on; the rest in parts."""
PART = ".part"
"""How a name ends under which a file is written before it gets its own; it begins with a dot."""
NO_SECOND_NAME = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What a mount without hard links answers."""
LEAST_LOCK = timedelta(days=30)
"""A shorter lock than this on what was just written is none: somebody changed the rule of the bucket."""


class NotLocked(OSError):
    """The bucket took the file but lets it be changed."""


class Folder:
    """A directory; what keeps its files from being changed is the mount."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, source: Path | bytes) -> None:
        """A new file of these bytes, whole or not at all; nothing when it lies there already. FileExistsError when another does.

        It is written under a name of its own first. Where a mount knows no second name for a file it is written under its own at once;
        where a mount lets nothing be removed the first name stays beside it.
        """
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() and _put_new(place, source):
            return
        same = (
            place.read_bytes() == source
            if isinstance(source, bytes)
            else filecmp.cmp(place, source, shallow=False)
        )
        if not same:
            raise FileExistsError(errno.EEXIST, "holds something else", str(place))

    def read(self, name: str) -> bytes:
        """All of a file. FileNotFoundError."""
        return (self.path / name).read_bytes()

    def names(self) -> list[str]:
        """Files right in it, sorted; without those that were not finished."""
        found = (path.name for path in self.path.iterdir()) if self.path.is_dir() else ()
        return sorted(name for name in found if not (name.startswith(".") and name.endswith(PART)))


def _put_new(place: Path, source: Path | bytes) -> bool:
    """Whether the file was written; False when another process was faster."""
    part = place.with_name(f".{place.name}.{secrets.token_hex(8)}{PART}")
    try:
        _write(part, source)
        try:
            os.link(part, place)
        except OSError as error:
            if error.errno not in NO_SECOND_NAME:
                raise
            _write(place, source)
    except FileExistsError:
        return False
    finally:
        with suppress(OSError):  # refused where nothing is removed
            part.unlink()
    with suppress(OSError):  # not every mount does it for folders
        folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return True


def _write(path: Path, source: Path | bytes) -> None:
    """A new file; taken away again, where that is allowed, when it does not become whole. FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    try:
        with os.fdopen(handle, "wb") as target, _opened(source) as content:
            shutil.copyfileobj(content, target, 1024 * 1024)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


class LockedBucket:
    """A bucket whose default retention keeps each object for its time; errors of the store are OSErrors."""

    def __init__(self, client: Any, bucket: str, folder: str = "") -> None:
        self.client, self.bucket = client, bucket
        self.folder = f"{folder}/" if folder else ""

    def put(self, name: str, source: Path | bytes) -> None:
        """As of `Folder`. NotLocked when the store does not keep it from being changed."""
        with _opened(source) as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            content.seek(0)
            with _translated():
                try:
                    there = self._head(name)
                except FileNotFoundError:
                    self.client.upload_fileobj(
                        content,
                        self.bucket,
                        self.folder + name,
                        # a store refuses an object for a locked bucket that comes without a checksum
                        ExtraArgs={"Metadata": {"sha256": digest}, "ChecksumAlgorithm": "SHA256"},
                        Config=TransferConfig(
                            multipart_threshold=ONE_PIECE, multipart_chunksize=PART_BYTES, use_threads=False
                        ),
                    )
                    there = self._head(name)
        if there["Metadata"].get("sha256") != digest:
            raise FileExistsError(f"{SCHEME}://{self.bucket}/{self.folder}{name} holds something else")
        until = there.get("ObjectLockRetainUntilDate")
        if there.get("ObjectLockMode") != "COMPLIANCE" or not until or until < process_now() + LEAST_LOCK:
            raise NotLocked(
                f"{SCHEME}://{self.bucket} does not lock what it takes: see documents.prepare_buckets"
            )

    def _head(self, name: str) -> dict[str, Any]:
        with _translated():
            return dict(self.client.head_object(Bucket=self.bucket, Key=self.folder + name))

    def read(self, name: str) -> bytes:
        """As of `Folder`."""
        with (
            _translated(),
            self.client.get_object(Bucket=self.bucket, Key=self.folder + name)["Body"] as body,
        ):
            return bytes(body.read())

    def names(self) -> list[str]:
        """As of `Folder`."""
        with _translated():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.folder, Delimiter="/"
            )
            return sorted(
                row["Key"].removeprefix(self.folder) for page in pages for row in page.get("Contents", [])
            )


@contextmanager
def place_of(address: str) -> Iterator[Folder | LockedBucket]:
    """The place of this name: a path, or ``s3://bucket/folder``."""
    parts = urlsplit(address)
    if parts.scheme != SCHEME:
        yield Folder(Path(address))
        return
    with closing(boto3.client("s3", **settings.WRITE_ONCE)) as client:
        yield LockedBucket(client, parts.netloc, parts.path.strip("/"))


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BufferedIOBase]:
    with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as content:
        yield content


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the store as what Python calls them."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise (FileNotFoundError if code in {"404", "NoSuchKey"} else OSError)(code) from error
    except BotoCoreError as error:
        raise OSError(type(error).__name__) from error
