# What an export has, and how it is written: docs/export.md is its format. Sourced.
# shellcheck shell=bash

export_version=1

# Every table, in an order in which each can be filled after those it refers to:
#   table | order | rows of a room's export | rows of a person's; own: those of {schema}.own_rows(), which the page gives, too
# An empty field: not in that kind. Only what stands here leaves a server; what stands in $not_exported is named there so
# that a new table is not forgotten (`./parley test parley` looks).
export_tables() {
  cat <<'END'
auth.settings|one||
auth.users|id|id IN (SELECT user_id FROM chat.members WHERE room_id = :x UNION SELECT sender FROM chat.events WHERE room_id = :x)|own
auth.blocks|user_id, blocked_id||own
auth.groups|id||own
auth.group_members|group_id, user_id||own
auth.invites|id||own
auth.access_tokens|id||own
auth.audit|id||own
chat.rooms|id|id = :x|own
chat.users|user_id||own
chat.members|room_id, user_id|room_id = :x|own
chat.bans|room_id, user_id|room_id = :x|own
chat.invites|id||own
chat.events|room_id, seq|room_id = :x|own
chat.changes|room_id, seq|room_id = :x|own
chat.reactions|room_id, seq, emoji, user_id|room_id = :x|own
chat.mentions|room_id, seq, user_id|room_id = :x|own
chat.follows|room_id, root, user_id||own
chat.polls|room_id, seq|room_id = :x|own
chat.votes|room_id, seq, user_id|room_id = :x AND since > 0|own
chat.sent|sender, cmid||
chat.user_events|user_id, useq||own
chat.later|id||own
chat.scheduled|id||own
chat.drafts|user_id, room_id, thread||own
chat.reports|id||own
chat.audit|id||own
chat.links|room_id, seq||
chat.retained|room_id||
chat.emoji|name||
chat.sticker_packs|id||
chat.stickers|place||
chat.pictures_version|one||
chat.days|day||
chat.day_people|day, user_id||
chat.tallied|one||
media.file|id|id IN (SELECT file FROM chat.file_use WHERE room = :x) AND state = 2 AND doomed_at IS NULL|own
media.object|file, variant||
media.chunk|file, variant, at|file IN (SELECT u.file FROM chat.file_use u JOIN media.file f ON f.id = u.file WHERE u.room = :x AND f.state = 2 AND f.doomed_at IS NULL)|file IN (SELECT id FROM media.file WHERE owner = :x AND state = 2 AND doomed_at IS NULL)
chat.file_use|room, seq, file|room = :x|own
END
}
# Of a whole server all rows, but of these.
export_condition() {
  local ready='SELECT id FROM media.file WHERE state = 2 AND doomed_at IS NULL'
  case $1 in
    media.file) printf 'state = 2 AND doomed_at IS NULL' ;;
    media.object | media.chunk) printf 'file IN (%s)' "$ready" ;;
    *) printf 'true' ;;
  esac
}
# Logins and keys; when it was backed up; what is counted or looked up from the rest; what waits for seconds.
not_exported='auth.refresh_tokens auth.sessions auth.signing_keys chat.backed_up chat.dead_letters chat.epoch chat.room_bytes chat.search
chat.search_recipe chat.search_rooms chat.send_order media.link media.released media.usage'
# Columns that a room's or a person's export leaves out: NOT these, or ONLY these.
export_columns() {
  case $1/$2 in
    room/auth.users) printf "= ANY ('{id,username,display_name,created_at}')" ;;
    room/chat.members) printf "= ANY ('{room_id,user_id,role,joined_at}')" ;;
    *) printf "<> ''" ;;
  esac
}

# A JSON text has no control characters, so these never stand in one: COPY gives and takes it as it is.
copy_raw="(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"

# write_section KIND ID TABLE ORDER CONDITION: its rows, a line each. Columns by name, so that two servers of one schema
# write the same whatever order their columns were made in.
write_section() {
  local kind=$1 id=$2 table=$3 order=$4 condition=${5//:x/$2} columns
  if [ "$condition" = own ]; then
    snapshot_psql <<<"COPY (SELECT line FROM ${table%%.*}.own_rows($id, '$table', NULL, NULL) WHERE line IS NOT NULL) TO STDOUT $copy_raw;"
    return
  fi
  columns=$(snapshot_psql <<<"SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname COLLATE \"C\") FROM pg_attribute
    WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped AND attname $(export_columns "$kind" "$table");")
  snapshot_psql <<<"COPY (SELECT '{\"table\":\"$table\",\"row\":' || row_to_json(r) || '}' FROM (
    SELECT $columns FROM $table t WHERE $condition
    ORDER BY $(sed -E 's/\b(emoji|name)\b/\1 COLLATE "C"/g' <<<"$order")) r) TO STDOUT $copy_raw;"
}

# write_export FILE KIND ID: the whole of it. The snapshot is open.
write_export() {
  local file=$1 kind=$2 id=$3 ends table order of_room of_person condition from rows schema
  schema=$(snapshot_psql <<<'SELECT max(version) FROM public.schema_migrations')
  ends=$(printf '{"parley_export":%d,"kind":"%s","schema":"%s"}' "$export_version" "$kind" "$schema")
  printf '%s\n' "$ends" >"$file"
  while IFS='|' read -r table order of_room of_person <&3; do
    case $kind in
      server) condition=$(export_condition "$table") ;;
      room) condition=$of_room ;;
      person) condition=$of_person ;;
    esac
    [ -n "$condition" ] || continue
    from=$(($(stat -c %s "$file") + 1))
    write_section "$kind" "$id" "$table" "$order" "$condition" >>"$file" || die "$table could not be read (above)"
    rows=$(tail -c "+$from" "$file" | wc -l)
    ends+=$'\n'$(printf '{"end":"%s","rows":%d,"sha256":"%s"}' "$table" "$rows" "$(tail -c "+$from" "$file" | sha256sum | cut -d' ' -f1)")
    tail -n 1 <<<"$ends" >>"$file"
  done 3< <(export_tables)
  printf '{"end":"export","sha256":"%s"}\n' "$(printf '%s\n' "$ends" | sha256sum | cut -d' ' -f1)" >>"$file"
}
