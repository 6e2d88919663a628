# ./parley export FILE [--room ID | --person NAME]: what a server has, as open NDJSON. docs/export.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres snapshot keep export place; do
  . "$root/scripts/lib/$part.sh"
done

cmd_export() {
  local usage="usage: ./parley export FILE [--room ID | --person USERNAME] [--systemd | --compose]" to='' kind=server which='' id=0
  while [ $# -gt 0 ]; do
    case $1 in
      --room | --person)
        kind=${1#--}
        which=${2:-}
        [ $# -ge 2 ] || die "$usage"
        shift
        ;;
      -*) take_place "$1" || die "$usage" ;;
      *)
        [ -z "$to" ] || die "$usage"
        to=$(realpath -m "$1")
        ;;
    esac
    shift
  done
  [ -n "$to" ] || die "$usage"
  place_open
  only_ours "${to%/*}/"
  [ ! -e "$to" ] || die "$to is there already"
  umask 077
  mkdir -p "${to%/*}/"
  only_ours "${to%/*}/"
  (set -C && : >"$to.partial") || die "$to.partial is there: another export is at work, or one was killed; remove it first"
  trap 'rm -f "$to.partial"' EXIT
  trap 'exit 130' INT TERM HUP
  open_snapshot
  [ "$kind" = server ] || id=$(export_whom "$kind" "$which")
  write_export "$to.partial" "$kind" "$id"
  local elsewhere
  elsewhere=$(snapshot_psql <<<"SELECT count(*) FROM media.file WHERE store = 2 AND doomed_at IS NULL")
  close_snapshot
  sync "$to.partial"
  mv -T "$to.partial" "$to"
  trap - EXIT INT TERM HUP
  say "Exported to $to: $(grep -c '^{"table"' "$to") rows, $(du -h "$to" | cut -f1)"
  [ "$elsewhere" -eq 0 ] || warn "the bytes of files that lie in the object store ($elsewhere on this server) are not in it; copy the bucket too"
}

# The number of the room or person that was named: a person as the name is shown, or in small letters.
export_whom() {
  local found
  found=$(snapshot_psql -v "which=$2" <<<"SELECT id FROM $(case $1 in
    room) printf "chat.rooms WHERE id::text = :'which'" ;;
    person) printf "auth.users WHERE username = normalize(:'which', NFKC) OR (:'which' ~ '^[ -~]+\$' AND username_key = lower(:'which'))
      ORDER BY username = normalize(:'which', NFKC) DESC LIMIT 1" ;;
  esac);")
  [ -n "$found" ] || die "there is no $1 $2"
  printf '%s' "$found"
}
