#!/bin/sh
# Run in Temporal's admin-tools image before the server starts: brings both databases to that version's schema. It may be
# run again at any time. setup-schema must not: it would set an existing database's version back to 0.0.
# The tool takes its address, user and password from SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD and SQL_PLUGIN.
set -eu
schemas=${TEMPORAL_SCHEMAS:-/etc/temporal/schema/postgresql/v12} # where the image has them

bring_up() { # DATABASE SCHEMA
	versioned=$schemas/$2/versioned
	if said=$(temporal-sql-tool --db "$1" update-schema -d "$versioned" 2>&1); then
		echo "$1: at the schema of this version"
		return
	fi
	case $said in
	*schema_version*"does not exist"*)
		temporal-sql-tool --db "$1" setup-schema -v 0.0
		temporal-sql-tool --db "$1" update-schema -d "$versioned"
		;;
	*)
		echo "$said" >&2
		return 1
		;;
	esac
}

bring_up temporal temporal
bring_up temporal_visibility visibility
