"""How this portal speaks to a bucket. Imports neither Django nor settings, so that the settings can use it."""

from __future__ import annotations

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config

PIECE_BYTES = 256 * 1024
"""So much of a file lies in memory at a time."""
PART_BYTES = 5 * 1024 * 1024
"""So much of an upload: the smallest part S3 takes."""
CONNECT_SECONDS, READ_SECONDS = 2, 10


def bucket_options(
    *, endpoint: str, region: str, bucket: str, access_key: str, secret: str, style: str
) -> dict[str, Any]:
    """Options of `BucketFiles`: one piece at a time in memory, own time limits, nothing public."""
    return {
        "bucket_name": bucket,
        "access_key": access_key,
        "secret_key": secret,
        "endpoint_url": endpoint,
        "region_name": region,
        "default_acl": None,
        "file_overwrite": False,
        "max_memory_size": PIECE_BYTES,
        "transfer_config": TransferConfig(
            multipart_threshold=PART_BYTES,
            multipart_chunksize=PART_BYTES,
            io_chunksize=PIECE_BYTES,
            use_threads=False,
        ),
        "client_config": client_config(style),
    }


def write_once_options(
    *, endpoint: str, region: str, access_key: str, secret: str, style: str
) -> dict[str, Any]:
    """How the place of anchors and copies of backups is reached (`common.write_once`)."""
    return {
        "endpoint_url": endpoint,
        "region_name": region,
        "aws_access_key_id": access_key,
        "aws_secret_access_key": secret,
        "config": client_config(style),
    }


def client_config(style: str) -> Config:
    """Signature version 4, own time limits, no proxy of the environment."""
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"max_attempts": 2, "mode": "standard"},
        proxies={},
        # several S3-compatible stores refuse the checksums that newer clients add by themselves
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
