#!/bin/sh
# archive_command of the server: `archive.sh PATH NAME` puts a finished segment where `backup` takes it away. Whole or not at all; a name
# that is taken is an error, as PostgreSQL wants it. The folder is open to the other service, which may not look into the data beside it.
set -eu
place=${ARCHIVE:-/var/lib/postgresql/archive}
[ -d "$place" ] || mkdir -m 0777 "$place"
chmod 0777 "$place" 2>/dev/null || true
[ ! -e "$place/$2" ]
cp "$1" "$place/$2.part"
chmod 0644 "$place/$2.part"
sync "$place/$2.part"
mv "$place/$2.part" "$place/$2"
