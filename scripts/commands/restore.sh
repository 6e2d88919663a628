# ./parley restore DIR [--replace]: a backup becomes this instance. docs/backup.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres keep; do
  . "$root/scripts/lib/$part.sh"
done

cmd_restore() {
  local replace=false from=
  while [ $# -gt 0 ]; do
    case $1 in
      --replace) replace=true ;;
      --check) replace=check ;;
      -*) die "restore knows no $1" ;;
      *)
        [ -z "$from" ] || die "usage: ./parley restore DIR [--check | --replace]"
        from=$1
        ;;
    esac
    shift
  done
  [ -n "$from" ] || die "usage: ./parley restore DIR [--check | --replace]"
  from=$(realpath -m "$from")
  check_backup "$from"
  if [ "$replace" = check ]; then
    say "$from is whole: $(recall "$from/manifest" made_at), $(recall "$from/manifest" people) people, $(recall "$from/manifest" events) events"
    return 0
  fi
  check_control
  if [ -e "$state/pg" ] && [ "$replace" = false ]; then
    die "$state has a database already. To put the backup in its place (the old one is kept beside it): ./parley restore $from --replace"
  fi
  if [ -e "$state/services" ] && supervisor_pid >/dev/null; then die "Parley runs from $state; ./parley down first"; fi
  only_database
  trap stop_database EXIT
  fill_database "$from"
  swap_database "$from"
  trap - EXIT
  stop_database
  # What waited in there was of the time that is no more.
  as_service rm -f "$state/redis/dump.rdb"
  say "Restored as of $(recall "$from/manifest" made_at); ./parley up starts it"
  [ ! -s "$from/settings.env" ] || note "the settings it ran with then are in $from/settings.env; up takes them from its environment"
}

# Everything that can be known before anything is touched.
check_backup() {
  local dir=$1 manifest=$1/manifest said name size digest
  [[ $dir != *.partial ]] || die "$dir is what an interrupted backup left, and no backup"
  [ -d "$dir" ] || die "$dir is no directory"
  [ -f "$manifest" ] || die "$dir is no whole backup: it has no manifest"
  [ "$(head -n 1 "$manifest")" = "parley-backup 1" ] || die "$manifest is of no form that this version reads (parley-backup 1)"
  said=$(tail -n 1 "$manifest")
  [ "$said" = "end $(sed '$d' "$manifest" | sha256sum | cut -d' ' -f1)" ] || die "$manifest is damaged or cut short: its last line does not vouch for it"
  [ "$(grep -c '^file ' "$manifest")" -eq 3 ] || die "$manifest does not name its three files"
  while read -r _ name size digest; do
    [[ $name =~ ^(database\.dump|secrets\.env|settings\.env)$ ]] || die "$manifest names a file that no backup has: $name"
    [ -f "$dir/$name" ] || die "$dir/$name is missing"
    [ "$(stat -c %s "$dir/$name")" = "$size" ] || die "$dir/$name is cut short: $(stat -c %s "$dir/$name") bytes, not $size"
    [ "$(sha256sum <"$dir/$name" | cut -d' ' -f1)" = "$digest" ] || die "$dir/$name is damaged: its SHA-256 is not the manifest's"
  done < <(grep '^file ' "$manifest")
  [[ $(recall "$dir/secrets.env" key) =~ ^[0-9a-f]{64}$ ]] || die "$dir/secrets.env has no key"
  said=$(recall "$manifest" schema)
  [[ ! $said > $(newest_migration) ]] || die "the backup is of schema $said, and this checkout knows no more than $(newest_migration); restore it with the version that made it, or a newer one"
  ensure_packages "${packages_run[@]}"
  local theirs ours
  theirs=$(major_of "$(recall "$manifest" pg_dump)") ours=$(major_of "$("$(postgres_bin)/pg_restore" --version)")
  [ "$theirs" -le "$ours" ] || die "the backup was made with PostgreSQL $theirs, and here is $ours; install postgresql-$theirs or newer"
  "$(postgres_bin)/pg_restore" --list "$dir/database.dump" >/dev/null || die "$dir/database.dump is no dump that pg_restore reads (above)"
}

# Into a database of its own, which takes the place of the old one only when it is whole.
fill_database() {
  local from=$1 wanted got
  say "Restoring $from"
  owner_psql postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS parley_restored' -c 'CREATE DATABASE parley_restored TEMPLATE template0'
  # Roles are not in a dump; their passwords come with the next up.
  owner_psql postgres <<'SQL'
SELECT format('CREATE ROLE %I NOLOGIN', r) FROM unnest(ARRAY['parley_auth', 'parley_msg', 'parley_media']) AS r
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \gexec
SQL
  PGPASSWORD=$(secret postgres) "$(postgres_bin)/pg_restore" -h 127.0.0.1 -p "$(port_of postgres)" -U parley -d parley_restored \
    --no-owner --exit-on-error --jobs="$(nproc)" "$from/database.dump" || die "pg_restore failed (above); what was there before is untouched"
  got=$(owner_psql parley_restored -At <<<"SET timezone = 'UTC'; $figures_sql")
  wanted=$(grep -E '^(people|rooms|events|logs|files|file_bytes|stored_elsewhere) ' "$from/manifest")
  [ "$got" = "$wanted" ] || die "what was restored is not what was backed up; what was there before is untouched"$'\n'"wanted: $wanted"$'\n'"got: $got"
  owner_psql parley_restored -1 -c "$another_past_sql" >/dev/null
  owner_psql parley_restored -c 'ANALYZE' || true
}

swap_database() {
  local from=$1 aside
  aside=before_$(date -u +%Y%m%d_%H%M%S)
  if [ "$(owner_psql postgres -At -c "SELECT count(*) FROM pg_database WHERE datname = 'parley'")" -eq 1 ]; then
    remember "$state/secrets.env" "key_$aside" "$(secret key)"
    # In one transaction: there is always one database of that name.
    owner_psql postgres -1 -c "ALTER DATABASE parley RENAME TO parley_$aside" -c 'ALTER DATABASE parley_restored RENAME TO parley'
    note "the database that was there is kept as parley_$aside, its key as key_$aside in secrets.env; docs/backup.md says how to drop it"
  else
    owner_psql postgres -c 'ALTER DATABASE parley_restored RENAME TO parley'
  fi
  remember "$state/secrets.env" key "$(recall "$from/secrets.env" key)"
}
