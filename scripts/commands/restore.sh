# ./parley restore DIR [--replace] [--systemd | --compose]: a backup becomes this server; --forget: not after all. docs/backup.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres keep place; do
  . "$root/scripts/lib/$part.sh"
done

cmd_restore() {
  local usage="usage: ./parley restore DIR [--check | --replace] [--systemd | --compose], or --forget instead of DIR" replace=false from=
  while [ $# -gt 0 ]; do
    case $1 in
      --replace) replace=true ;;
      --check) replace=check ;;
      --forget) replace=forget ;;
      -*) take_place "$1" || die "$usage" ;;
      *)
        [ -z "$from" ] || die "$usage"
        from=$1
        ;;
    esac
    shift
  done
  if [ "$replace" = forget ]; then
    [ -z "$from" ] || die "$usage"
    forget_it
    return 0
  fi
  [ -n "$from" ] || die "$usage"
  from=$(realpath -m "$from")
  check_backup "$from"
  if [ "$replace" = check ]; then
    # In containers the programs are the database's, which need not run.
    [ "$place" = compose ] || check_dump "$from"
    say "$from is whole: $(recall "$from/manifest" made_at), $(recall "$from/manifest" people) people, $(recall "$from/manifest" events) events"
    return 0
  fi
  must_be_down
  check_dump "$from"
  only_its_database
  trap stop_its_database EXIT
  # One that was cut off behind the swap has nothing left to do but what stands there.
  if ! is_swapped "$from"; then
    if [ "$replace" = false ] && ! is_empty; then
      die "there is a database with people already. To put the backup in its place (the old one is kept beside it): add --replace"
    fi
    fill_database "$from"
    mark_restore "$from"
    swap_database
  fi
  end_swap "$from"
  unmark_restore
  trap - EXIT
  stop_its_database
  forget_waiting
  say "Restored as of $(recall "$from/manifest" made_at); $place_up starts it"
  [ ! -s "$from/settings.env" ] || note "the settings it ran with then are in $from/settings.env; none is taken over"
}

# Everything that can be known before anything is touched or started.
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
}
# And what the programs of the database there say of it.
check_dump() {
  local dir=$1 theirs ours
  place_programs
  theirs=$(major_of "$(recall "$dir/manifest" pg_dump)") ours=$(major_of "$(dump_version)")
  [ "$theirs" -le "$ours" ] || die "the backup was made with PostgreSQL $theirs, and here is $ours; install postgresql-$theirs or newer"
  list_dump "$dir/database.dump" || die "$dir/database.dump is no dump that pg_restore reads (above)"
}
is_there() { [ "$(owner_psql postgres -At -c "SELECT count(*) FROM pg_database WHERE datname = 'parley'")" != 0 ]; }
# No database, or one that nobody ever was in; one that does not answer is neither.
is_empty() {
  is_there || return 0
  case $(owner_psql parley -At -c "SELECT to_regclass('auth.users') IS NULL") in t) return 0 ;; f) ;; *) return 1 ;; esac
  [ "$(owner_psql parley -At -c 'SELECT EXISTS (SELECT FROM auth.users)')" = f ]
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
  restore_dump "$from/database.dump" parley_restored || die "pg_restore failed (above); what was there before is untouched"
  got=$(owner_psql parley_restored -At <<<"SET timezone = 'UTC'; $figures_sql")
  wanted=$(grep -E '^(people|rooms|events|logs|files|file_bytes|stored_elsewhere) ' "$from/manifest")
  [ "$got" = "$wanted" ] || die "what was restored is not what was backed up; what was there before is untouched"$'\n'"wanted: $wanted"$'\n'"got: $got"
  owner_psql parley_restored -1 -c "$another_past_sql" >/dev/null
  owner_psql parley_restored -c 'ANALYZE' || true
  owner_psql postgres -c "COMMENT ON DATABASE parley_restored IS '$(swap_words "$from")'"
}

# A restore that was cut off and is not to go on: as long as it did not swap the databases nothing of it counts.
forget_it() {
  must_be_down
  only_its_database
  trap stop_its_database EXIT
  local words=
  if is_there; then words=$(comment_of_database) || die "the database does not say whose it is (above)"; fi
  if [[ $words = 'restored from '* ]]; then
    die "the backup's database has taken the place of the old one, and lacks its key, which that backup alone has: the same ./parley restore has to go on"
  fi
  is_marked || has_leftover || die "there is no restore that was cut off"
  owner_psql postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS parley_restored'
  if is_marked; then forget_restore; fi
  trap - EXIT
  stop_its_database
  say "Forgotten; what was there before is there. $place_up starts it"
}
has_leftover() { [ "$(owner_psql postgres -At -c "SELECT count(*) FROM pg_database WHERE datname = 'parley_restored'")" != 0 ]; }

# The words on a database that came from this backup and does not have its key yet. They move with its name.
swap_words() { printf 'restored from %s, its key is not in place yet' "$(sha256sum <"$1/manifest" | cut -d' ' -f1)"; }
comment_of_database() { owner_psql postgres -At -c "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'parley'"; }
is_swapped() { [ "$(comment_of_database)" = "$(swap_words "$1")" ]; }
swap_database() {
  local aside
  aside=before_$(date -u +%Y%m%d_%H%M%S)
  if is_there; then
    keep_old_key "$aside"
    sync
    # In one transaction: there is always one database of that name.
    owner_psql postgres -1 -c "ALTER DATABASE parley RENAME TO parley_$aside" -c 'ALTER DATABASE parley_restored RENAME TO parley'
    note "the database that was there is kept as parley_$aside, its key as $(old_key_words "$aside"); docs/backup.md says how to drop it"
  else
    owner_psql postgres -c 'ALTER DATABASE parley_restored RENAME TO parley'
  fi
}
# The key belongs to the database that has the name now; what is cut off here is done again by the same command.
end_swap() {
  local key
  key=$(recall "$1/secrets.env" key)
  if ! (set_place_key "$key") || [ "$(place_key)" != "$key" ]; then
    die "the key could not be written; the database is in place. Mend that, and the same command goes on"
  fi
  # On disk before the words are gone by which the same command would go on.
  sync
  owner_psql postgres -c 'COMMENT ON DATABASE parley IS NULL'
}
