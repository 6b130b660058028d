#!/bin/sh
# The S3 side of the store (docs/adr/0039): who may do what with which bucket. Nobody without a key may do anything; the portal may not
# make buckets or change their rules; who copies backups may add to the locked bucket, whose rule forbids changing what lies there.
set -eu
umask 077
cat >/tmp/identities.json <<EOF
{"identities": [
  {"name": "administrator", "credentials": [{"accessKey": "$STORE_ADMIN_ACCESS_KEY", "secretKey": "$STORE_ADMIN_SECRET_KEY"}],
   "actions": ["Admin", "Read", "Write", "List", "Tagging"]},
  {"name": "portal", "credentials": [{"accessKey": "$BUCKET_ACCESS_KEY", "secretKey": "$BUCKET_SECRET_KEY"}],
   "actions": ["Read:$BUCKET_NAME", "Write:$BUCKET_NAME", "List:$BUCKET_NAME"]},
  {"name": "copies", "credentials": [{"accessKey": "$LOCKED_ACCESS_KEY", "secretKey": "$LOCKED_SECRET_KEY"}],
   "actions": ["Read:$LOCKED_BUCKET", "Write:$LOCKED_BUCKET", "List:$LOCKED_BUCKET"]}
]}
EOF
exec weed s3 -filer=store-index:8888 -port=8333 -ip.bind=0.0.0.0 -config=/tmp/identities.json
