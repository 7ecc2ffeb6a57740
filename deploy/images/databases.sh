#!/bin/sh
# Run by the postgres image on an empty data folder: databases and roles, from the volume that `keys` filled.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres --file /run/keys/init.sql
