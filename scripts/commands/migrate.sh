# ./parley migrate up|down|status: scripts/migrate for this instance's database. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres; do
  . "$root/scripts/lib/$part.sh"
done

cmd_migrate() {
  is_up postgres || die "the database does not run; ./parley up starts it"
  # With the passwords, which belong to roles that a migration makes.
  if [ "${1:-}" = up ]; then migrate_database; else with_owner_env "$root/scripts/migrate" "$@"; fi
}
