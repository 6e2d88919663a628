# One state of the database for several programs, as PostgreSQL's exported snapshots give it: what a backup and an export
# read, and what they count, is of one moment, while people go on writing. Sourced.
# shellcheck shell=bash

# Sets $snapshot. It holds until close_snapshot, or this shell's end.
open_snapshot() {
  snapshot=
  coproc holder { owner_psql parley -At 2>&1; }
  # Bash forgets the array when that process ends.
  snapshot_in=${holder[1]} snapshot_out=${holder[0]} snapshot_pid=$holder_PID
  printf 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n' >&"$snapshot_in"
  read -r -t 30 -u "$snapshot_out" snapshot || snapshot=
  [[ $snapshot =~ ^[0-9A-F]+-[0-9A-F]+-[0-9]+$ ]] || die "the database gives no snapshot: ${snapshot:-it does not answer}"
}
close_snapshot() {
  [ -n "${snapshot:-}" ] || return 0
  snapshot=
  eval "exec $snapshot_in>&-"
  wait "$snapshot_pid" 2>/dev/null || true
}
# psql inside the snapshot; standard input is what it runs.
snapshot_psql() {
  { printf "SET extra_float_digits = 1;\nSET datestyle = 'ISO';\nSET timezone = 'UTC';\n"
    printf "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSET TRANSACTION SNAPSHOT '%s';\n" "$snapshot"
    cat
  } | owner_psql parley -At "$@"
}
