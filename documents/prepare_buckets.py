"""`python -m documents.prepare_buckets`: make the buckets of an installation that runs a store of its own, and look whether they are what
they should be (docs/adr/0039). May be run again at any time. It has the administrator's key of the store, which no process of the portal
has, and needs neither database nor settings: STORE_ENDPOINT, STORE_ADMIN_ACCESS_KEY, STORE_ADMIN_SECRET_KEY, BUCKET_NAME, LOCKED_BUCKET.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from documents.buckets import client_config, write_once_options

PROBE = "prepare-buckets-probe"
VERSION_DAYS = 30
"""So long the store keeps what the portal removed: long enough to undo an accident, short enough for an erasure (SEC-68)."""
LOCKED_DAYS = 400
"""Days in which nobody, the store's administrator included, changes an anchor or a copy of a backup: a year and the round of the next."""
PASSING = ("backups/", "anchors/closed-")
"""What goes from the locked bucket when its lock is over: copies of backups, and the list of closed accounts that is read after a restore
from one. Anchors stay."""
MODE = "COMPLIANCE"
THERE = {"BucketAlreadyExists", "BucketAlreadyOwnedByYou"}


class Unfit(Exception):
    """A bucket is not what it should be, and why."""


def make_files(client: Any, bucket: str) -> None:
    """The bucket of the files: each older version is kept for VERSION_DAYS."""
    _create(client, Bucket=bucket)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "older-versions", "Status": "Enabled", "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": VERSION_DAYS},
                }
            ]
        },
    )  # fmt: skip
    if client.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
        raise Unfit(f"{bucket} keeps no versions")


def make_locked(client: Any, bucket: str) -> None:
    """The bucket of anchors and copies: whatever comes in is locked for LOCKED_DAYS, for everybody."""
    _create(client, Bucket=bucket, ObjectLockEnabledForBucket=True)
    if not _locks(client, bucket):
        rule = {"DefaultRetention": {"Mode": MODE, "Days": LOCKED_DAYS}}
        client.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": f"over-{number}", "Status": "Enabled", "Filter": {"Prefix": prefix},
                    "Expiration": {"Days": LOCKED_DAYS + 1}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
                }
                for number, prefix in enumerate(PASSING)
            ]
        },
    )  # fmt: skip
    if not _locks(client, bucket):
        raise Unfit(f"{bucket} locks nothing: object lock must be on from the bucket's first day")


def _locks(client: Any, bucket: str) -> bool:
    try:
        found = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError:
        return False
    kept = found.get("Rule", {}).get("DefaultRetention", {})
    right = (kept.get("Mode"), kept.get("Days")) == (MODE, LOCKED_DAYS)
    return right and found.get("ObjectLockEnabled") == "Enabled"


def _create(client: Any, **bucket: Any) -> None:
    try:
        client.create_bucket(**bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in THERE:
            raise


def see_private(client: Any, anybody: Any, bucket: str) -> None:
    """Somebody without a key reads nothing of it, not even what he knows the name of. Unfit when he does."""
    try:
        client.head_object(Bucket=bucket, Key=PROBE)
    except ClientError:  # in a locked bucket it lies there since the first time
        client.put_object(Bucket=bucket, Key=PROBE, Body=b"not for everybody", ChecksumAlgorithm="SHA256")
    try:
        anybody.get_object(Bucket=bucket, Key=PROBE)["Body"].close()
    except ClientError:
        return
    raise Unfit(f"{bucket} is open to everybody")


def prepare(options: dict[str, Any], files: str, locked: str) -> None:
    """Both buckets. Unfit, or what the store answers."""
    unsigned = client_config("path").merge(Config(signature_version=UNSIGNED))
    place = {name: options[name] for name in ("endpoint_url", "region_name")}
    with (
        closing(boto3.client("s3", **options)) as client,
        closing(boto3.client("s3", **place, config=unsigned)) as anybody,
    ):
        make_files(client, files)
        make_locked(client, locked)
        for bucket in (files, locked):
            see_private(client, anybody, bucket)


def main(variables: dict[str, str]) -> int:
    """Say in one line what came of it."""
    options = write_once_options(
        endpoint=variables["STORE_ENDPOINT"],
        region=variables.get("BUCKET_REGION") or "us-east-1",
        access_key=variables["STORE_ADMIN_ACCESS_KEY"],
        secret=variables["STORE_ADMIN_SECRET_KEY"],
        style="path",
    )
    try:
        prepare(options, variables["BUCKET_NAME"], variables["LOCKED_BUCKET"])
    except (Unfit, ClientError, BotoCoreError) as error:
        print(f"prepare_buckets: {error}", file=sys.stderr)
        return 1
    print(
        f"prepare_buckets: {variables['BUCKET_NAME']} and {variables['LOCKED_BUCKET']} are as they should be"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(dict(os.environ)))
