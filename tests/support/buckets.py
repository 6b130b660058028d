"""A store that speaks S3 over HTTP, started once for a run of tests."""

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from documents.buckets import bucket_options

BUCKET = "court-files"


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """Where it answers."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def storage_entry(address: str) -> dict[str, object]:
    """The entry of STORAGES for the bucket at this address."""
    options = bucket_options(
        endpoint=address,
        region="us-east-1",
        bucket=BUCKET,
        access_key="tests",
        secret="tests-only-secret-key",
        style="path",
    )
    return {"BACKEND": "documents.storage.BucketFiles", "OPTIONS": options}


@pytest.fixture
def empty_bucket(s3_address: str) -> Iterator[str]:
    """The address of the store with one private bucket that holds nothing."""
    client = boto3.client(
        "s3",
        endpoint_url=s3_address,
        region_name="us-east-1",
        aws_access_key_id="tests",
        aws_secret_access_key="tests-only-secret-key",
    )
    client.create_bucket(Bucket=BUCKET)
    yield s3_address
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)
    client.close()
