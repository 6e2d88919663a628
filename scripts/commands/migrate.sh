# ./parley migrate up|down|status: scripts/migrate for this instance's database. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres; do
  . "$root/scripts/lib/$part.sh"
done

cmd_migrate() {
  need_database
  # One at a time: each takes away what only newer programs know.
  if [ "${1:-}" = down ] && [ $# -gt 1 ]; then die "usage: ./parley migrate down takes back one; make a backup before"; fi
  # With the passwords, which belong to roles that a migration makes.
  if [ "${1:-}" = up ]; then migrate_database; else with_owner_env "$root/scripts/migrate" "$@"; fi
}
