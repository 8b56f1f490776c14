#!/bin/sh
# Run by the postgres image once, when it has made a new cluster: the roles with their passwords, and the databases.
# arshjul's own roles are made here and not by "arshjul migrate", because only here are their passwords known.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
	--set temporal="$TEMPORAL_DB_PASSWORD" --set owner="$ARSHJUL_OWNER_PASSWORD" --set app="$ARSHJUL_APP_PASSWORD" \
	--set signer="$ARSHJUL_SIGNER_PASSWORD" <<'SQL'
create role temporal login password :'temporal';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
create role arshjul_owner login password :'owner';
create role arshjul_app login password :'app';
create role arshjul_signer login password :'signer';
create database arshjul owner arshjul_owner;
SQL
