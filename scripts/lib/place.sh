# Where a server runs, for what reads and writes its database as a whole: an instance of ./parley up (this file, and what it
# sources), services of systemd (place_systemd.sh) or containers (place_compose.sh), which say the same functions anew. Sourced.
# shellcheck shell=bash

# take_place ARGUMENT: one of --systemd and --compose is heeded; fails when it is neither.
take_place() {
  case $1 in
    --systemd | --compose)
      place=${1#--}
      . "$root/scripts/lib/place_$place.sh"
      ;;
    *) return 1 ;;
  esac
}
place=up
# What to say that makes it run, and stops it.
place_up='./parley up'
place_down='./parley down'

# A command that asks a running server may ask it.
place_open() {
  check_control
  find_drop
  need_database
}
# dump_database FILE ARGUMENT…: by pg_dump, as the owner.
dump_database() {
  local file=$1
  shift
  PGPASSWORD=$(secret postgres) "$(postgres_bin)/pg_dump" -h 127.0.0.1 -p "$(port_of postgres)" -U parley "$@" -f "$file" parley
}
# restore_dump FILE DATABASE: by pg_restore.
restore_dump() {
  PGPASSWORD=$(secret postgres) "$(postgres_bin)/pg_restore" -h 127.0.0.1 -p "$(port_of postgres)" -U parley -d "$2" \
    --no-owner --exit-on-error --jobs="$(nproc)" "$1"
}
dump_version() { "$(postgres_bin)/pg_dump" --version; }
list_dump() { "$(postgres_bin)/pg_restore" --list "$1" >/dev/null; }
# What list_dump and dump_version need.
place_programs() { ensure_packages "${packages_run[@]}"; }

# The key that seals the signing keys: what it is; and from now on, whole or not at all.
place_key() { secret key; }
set_place_key() { remember "$state/secrets.env" key "$1"; }
# keep_old_key NAME: beside it, that of a database that is put aside.
keep_old_key() { remember "$state/secrets.env" "key_$1" "$(secret key)"; }
old_key_words() { printf 'key_%s in secrets.env' "$1"; }
# Settings it runs with, NAME=value a line.
place_settings() { cat "$settings" 2>/dev/null || true; }

# Its database alone runs after the first, nothing after the second.
only_its_database() { only_database; }
stop_its_database() { stop_database; }
# What waited in Redis was of the time that is no more.
forget_waiting() { as_service rm -f "$state/redis/dump.rdb"; }
# Fails, and says why, while anything else than its database may run.
must_be_down() {
  check_control
  if [ -e "$state/services" ] && supervisor_pid >/dev/null; then die "Parley runs from $state; ./parley down first"; fi
}
# A restore is at work: whatever starts the server must not, until it has ended.
mark_restore() { put "$state/restoring" 600 <<<"$1" || true; }
unmark_restore() { rm -f "$state/restoring"; }
is_marked() { [ -e "$state/restoring" ]; }
# One that had not come as far as the swap is given up: what was there before may start again.
forget_restore() { unmark_restore; }
