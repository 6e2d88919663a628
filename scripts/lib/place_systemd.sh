# The server that ./parley install made, for backup, restore and export: its database behind a socket, its secrets files of
# root's. Sourced by place.sh.
# shellcheck shell=bash disable=SC2034  # What is set here is read there.

place_up='systemctl start parley.target'
place_down="systemctl stop 'parley*'"
installed=/etc/parley
installed_bin=/usr/local/lib/parley/bin

must_be_installed() {
  [ "$EUID" -eq 0 ] || die "this needs root: sudo ./parley …"
  [ -e "$installed/secrets/postgres_password" ] || die "there is no server of ./parley install here"
}
place_open() {
  must_be_installed
  systemctl is-active --quiet parley-postgres || die "the database does not run; systemctl start parley-postgres"
}
# Those of the cluster's version, which the server itself was linked to.
installed_postgres() { dirname "$(readlink -f "$installed_bin/postgres")"; }
as_owner() { PGPASSWORD=$(cat "$installed/secrets/postgres_password") PGHOST=/run/parley-postgres PGUSER=parley "$@"; }
owner_psql() {
  local database=$1
  shift
  as_owner "$(installed_postgres)/psql" -X -q -v ON_ERROR_STOP=1 -d "$database" "$@"
}
dump_database() {
  local file=$1
  shift
  as_owner "$(installed_postgres)/pg_dump" "$@" -f "$file" parley
}
restore_dump() { as_owner "$(installed_postgres)/pg_restore" -d "$2" --no-owner --exit-on-error --jobs="$(nproc)" "$1"; }
dump_version() { "$(installed_postgres)/pg_dump" --version; }
list_dump() { "$(installed_postgres)/pg_restore" --list "$1" >/dev/null; }
place_programs() { must_be_installed; }

place_key() { cat "$installed/secrets/key_secret"; }
set_place_key() {
  (umask 077 && printf '%s\n' "$1" >"$installed/secrets/key_secret.new") && chmod 400 "$installed/secrets/key_secret.new" &&
    mv "$installed/secrets/key_secret.new" "$installed/secrets/key_secret"
}
keep_old_key() { cp -p "$installed/secrets/key_secret" "$installed/secrets/key_secret_$1"; }
old_key_words() { printf '%s' "$installed/secrets/key_secret_$1"; }
place_settings() { cat "$installed/parley.env"; }

only_its_database() {
  must_be_installed
  systemctl start parley-postgres || die "PostgreSQL does not start; journalctl -u parley-postgres says more"
}
stop_its_database() { systemctl stop parley-postgres; }
# It keeps nothing.
forget_waiting() { :; }
must_be_down() {
  local runs
  must_be_installed
  runs=$(systemctl list-units --no-legend --plain --state=active,activating,reloading 'parley-*.service' | awk '$1 !~ /^parley-(postgres|migrate)/ { print $1 }')
  [ -z "$runs" ] || die "Parley runs ($(head -n 1 <<<"$runs")); systemctl stop 'parley*' first"
  # It has run for this start of the machine, and has to run again for the database that is to come.
  systemctl stop parley-migrate parley-postgres
}
mark_restore() { printf '%s\n' "$1" >"$installed/restoring"; }
unmark_restore() { rm -f "$installed/restoring"; }
is_marked() { [ -e "$installed/restoring" ]; }
