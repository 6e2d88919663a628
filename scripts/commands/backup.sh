# ./parley backup DIR [--systemd | --compose]: everything the server knows, of one moment, while it runs. docs/backup.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres snapshot keep place; do
  . "$root/scripts/lib/$part.sh"
done

cmd_backup() {
  local usage="usage: ./parley backup DIR [--systemd | --compose], a directory that is not there yet" to='' partial
  while [ $# -gt 0 ]; do
    if take_place "$1"; then
      shift
      continue
    fi
    if [ -n "$to" ] || [[ $1 = -* ]]; then die "$usage"; fi
    to=$(realpath -m "$1")
    shift
  done
  [ -n "$to" ] || die "$usage"
  partial=$to.partial
  place_open
  only_ours "${to%/*}/"
  [ ! -e "$to" ] || die "$to is there already; a backup is never written over another"
  [ ! -e "$partial" ] || die "$partial is what an interrupted backup left (or another one is at work); remove it first"
  umask 077
  mkdir -p "${to%/*}/"
  only_ours "${to%/*}/"
  mkdir "$partial" || die "$partial could not be made"
  trap 'rm -rf "$partial"' EXIT
  trap 'exit 130' INT TERM HUP
  say "Backing up to $to"
  write_backup "$partial"
  # Nothing has the name of a backup before all of it is on the disk.
  sync -f "$partial"
  mv -T "$partial" "$to"
  sync -f "$to"
  trap - EXIT INT TERM HUP
  # What the alert for an overdue one goes by.
  owner_psql parley -c "INSERT INTO chat.backed_up (at) VALUES (now()) ON CONFLICT (one) DO UPDATE SET at = excluded.at" ||
    warn "the backup is whole, and the server could not be told of it (above)"
  say "Done: $(recall "$to/manifest" people) people, $(recall "$to/manifest" events) events, $(recall "$to/manifest" files) files, $(du -sh "$to" | cut -f1)"
  local elsewhere
  elsewhere=$(recall "$to/manifest" stored_elsewhere)
  [ "$elsewhere" -eq 0 ] ||
    warn "$elsewhere files lie in the object store and are NOT in this backup; copy the bucket too (docs/backup.md)"
}

write_backup() {
  local dir=$1 name key
  open_snapshot
  dump_database "$dir/database.dump" -Fc -Z1 --lock-wait-timeout=60000 --snapshot="$snapshot" || die "pg_dump failed (above); nothing was kept"
  # The one secret that the data needs. Passwords of the database are each instance's own.
  key=$(place_key)
  [[ $key =~ ^[0-9a-f]{64}$ ]] || die "there is no key to be kept with it: a restore did not end, or it was changed by hand; nothing was kept"
  printf 'key %s\n' "$key" >"$dir/secrets.env"
  place_settings >"$dir/settings.env"
  {
    printf 'parley-backup 1\n'
    printf 'made_at %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf 'program %s\n' "$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)"
    printf 'pg_dump %s\n' "$(dump_version)"
    snapshot_psql <<<"SELECT 'postgres ' || current_setting('server_version');
      SELECT 'schema ' || max(version) FROM public.schema_migrations;
      SELECT 'epoch ' || epoch FROM chat.epoch;
      $figures_sql"
    for name in database.dump secrets.env settings.env; do
      printf 'file %s %s %s\n' "$name" "$(stat -c %s "$dir/$name")" "$(sha256sum <"$dir/$name" | cut -d' ' -f1)"
    done
  } >"$dir/manifest.new"
  close_snapshot
  # Its own last line vouches for the rest of it.
  printf 'end %s\n' "$(sha256sum <"$dir/manifest.new" | cut -d' ' -f1)" >>"$dir/manifest.new"
  mv "$dir/manifest.new" "$dir/manifest"
}
