#!/bin/sh
# The service `backup`: see docs/adr/0031. A failure is told in the log and tried again a minute later; nothing is deleted here but
# segments that lie encrypted in both places, and once a day what is older than BACKUP_DAYS (docs/adr/0033).
set -u
day=""
while :; do
    python manage.py backup wal /var/lib/postgresql/archive || echo "backup wal failed" >&2
    python manage.py backup due || echo "backup due failed" >&2
    today=$(date -u +%Y%m%d)
    if [ "$day" != "$today" ]; then
        python manage.py backup clear || echo "backup clear failed" >&2
        day=$today
    fi
    sleep 60
done
