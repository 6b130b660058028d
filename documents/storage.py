"""Where the bytes lie: a private directory or an S3-compatible bucket, by setting (docs/adr/0020).

Both answer the same questions and read in pieces, so that a file of 50 MB never lies in memory. Nobody gets an address
from here: what leaves the house leaves by a view that asks for the right first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from storages.backends.s3 import S3Storage

from documents.buckets import PIECE_BYTES

GONE = {"404", "NoSuchKey", "NotFound"}


class StorageAway(OSError):
    """The bucket does not answer; nothing is known about the bytes."""


class _Private:
    def url(self, name: str | None) -> NoReturn:
        """There is no address that leads past the views."""
        raise TypeError("stored files have no address of their own")


class LocalFiles(_Private, FileSystemStorage):
    """Files under one directory of this machine."""

    def pieces(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Bytes from ``start``, at most ``length``, in pieces; opened when the first one is asked for.

        FileNotFoundError when there is no such file.
        """
        with self.open(key) as kept:
            kept.seek(start)
            left = length
            while left is None or left > 0:
                piece = kept.read(PIECE_BYTES if left is None else min(PIECE_BYTES, left))
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece

    def size_of(self, key: str) -> int:
        """Number of bytes. FileNotFoundError when there is no such file."""
        return int(self.size(key))

    def keys_under(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Keys of the files right under a folder with the time of their last change, one by one."""
        try:
            entries = os.scandir(self.path(folder))
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                if entry.is_file():
                    changed = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                    yield f"{folder}/{entry.name}", changed


class BucketFiles(_Private, S3Storage):
    """Objects of one private bucket; no ACL, no public address, signature version 4."""

    def pieces(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """As of `LocalFiles`; one request. OSError when the bucket does not answer."""
        if length == 0:
            return
        wanted = {} if not start and length is None else {"Range": _range(start, length)}
        with _translated():
            body = self.bucket.Object(self._normalize_name(key)).get(**wanted)["Body"]
            try:
                yield from body.iter_chunks(PIECE_BYTES)
            finally:
                body.close()

    def size_of(self, key: str) -> int:
        """As of `LocalFiles`."""
        with _translated():
            return int(self.bucket.Object(self._normalize_name(key)).content_length)

    def keys_under(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """As of `LocalFiles`."""
        with _translated():
            for found in self.bucket.objects.filter(Prefix=self._normalize_name(f"{folder}/")):
                name = found.key.removeprefix(f"{self.location}/") if self.location else found.key
                if "/" not in name.removeprefix(f"{folder}/"):
                    yield name, found.last_modified

    def open(self, name: str, mode: str = "rb") -> File:
        """As of Django; errors of the bucket are OSErrors."""
        with _translated():
            return super().open(name, mode)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """As of Django; errors of the bucket are OSErrors."""
        with _translated():
            return str(super().save(name, content, max_length))

    def exists(self, name: str) -> bool:
        """As of Django; errors of the bucket are OSErrors."""
        with _translated():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """As of Django; errors of the bucket are OSErrors."""
        with _translated():
            super().delete(name)


def kept_files() -> LocalFiles | BucketFiles:
    """The storage of this installation."""
    return cast("LocalFiles | BucketFiles", default_storage)


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the bucket as what Python calls them."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise FileNotFoundError(code) if code in GONE else StorageAway(code) from error
    except BotoCoreError as error:
        raise StorageAway(type(error).__name__) from error


def _range(start: int, length: int | None) -> str:
    return f"bytes={start}-" if length is None else f"bytes={start}-{start + length - 1}"
