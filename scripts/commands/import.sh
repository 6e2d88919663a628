# ./parley import FILE: an export of a whole server becomes this one, which has to be empty. docs/export.md. Sourced by ./parley.
# shellcheck shell=bash

for part in packages services state postgres snapshot keep export; do
  . "$root/scripts/lib/$part.sh"
done

cmd_import() {
  if [ $# -ne 1 ] || [[ $1 = -* ]]; then die "usage: ./parley import FILE"; fi
  local file
  file=$(realpath -m "$1")
  sections=()
  check_export "$file"
  check_control
  only_database
  trap stop_database EXIT
  migrate_database
  [ "$(owner_psql parley -At <<<'SELECT EXISTS (SELECT FROM auth.users) OR (SELECT count(*) FROM chat.events) > 0')" = f ] ||
    die "this server has people already; an export is imported into an empty one"
  say "Importing $file"
  import_script "$file" | owner_psql parley >"$state/run/import.log" 2>&1 || {
    grep -a -m 1 -oE 'line [0-9]+: [a-z_]+: .*' "$state/run/import.log" | sed "s#^#parley: $file: #" >&2 || cat "$state/run/import.log" >&2
    die "nothing was imported"
  }
  same_again "$file"
  trap - EXIT
  stop_database
  say "Imported; ./parley up starts it"
}

# Nothing else runs yet, so what is exported now is what came in, byte for byte, or something is wrong with one of the two.
same_again() {
  local again=$state/run/imported.ndjson
  open_snapshot
  (umask 077 && write_export "$again" server 0)
  close_snapshot
  if ! cmp -s "$1" "$again"; then
    die "what was imported is not what the file has, from byte $(cmp "$1" "$again" | sed -E 's/.*byte ([0-9]+).*/\1/'); what it is lies in $again. Do not use this server: delete $state"
  fi
  rm -f "$again"
  say "Exported again it is the same, byte for byte"
}

# bad LINE CODE WORDS
bad() { die "$file: line $1: $2: $3; nothing was imported"; }

# Fills $sections with "table first_line rows first_byte bytes", each verified; ends when anything is not as it has to be.
check_export() {
  local file=$1 head table expected=0 line=1 byte first_byte text at where name rows digest ends
  [ -f "$file" ] || die "$file is no file"
  head=$(head -c 200 "$file" | head -n 1)
  [[ $head =~ ^\{\"parley_export\":([0-9]+),\"kind\":\"([a-z]+)\",\"schema\":\"([0-9]+)\"\}$ ]] || bad 1 not_an_export "it does not begin as an export of Parley"
  [ "${BASH_REMATCH[1]}" = "$export_version" ] || bad 1 unknown_version "its format is ${BASH_REMATCH[1]}, and this version reads $export_version"
  [ "${BASH_REMATCH[2]}" = server ] || bad 1 not_a_server "it is the export of a ${BASH_REMATCH[2]}; only that of a whole server is imported"
  [ "${BASH_REMATCH[3]}" = "$(newest_migration)" ] || bad 1 other_schema "it is of schema ${BASH_REMATCH[3]}, and this checkout is of $(newest_migration); import it with that version, then update"
  # What is neither a row nor an end would be told to psql as a command.
  at=$(LC_ALL=C grep -anvE -m 2 '^\{"(table|end)":"' "$file" | sed -n '2s/:.*//p')
  [ -z "$at" ] || bad "$at" no_row "neither a row nor the end of a table"
  ends=$head
  byte=$((${#head} + 1))
  mapfile -t tables < <(export_tables | cut -d'|' -f1)
  while IFS=: read -r at where text; do
    [ "$expected" -le "${#tables[@]}" ] || bad "$at" trailing "something stands behind the end"
    if [ "$expected" -eq "${#tables[@]}" ]; then
      [ "$text" = "{\"end\":\"export\",\"sha256\":\"$(printf '%s\n' "$ends" | sha256sum | cut -d' ' -f1)\"}" ] || bad "$at" hash_mismatch "the last line does not vouch for the ends before it"
      [ "$at" -eq $((line + 1)) ] || bad $((line + 1)) wrong_section "rows of no table"
      [ "$((where + ${#text} + 1))" -eq "$(stat -c %s "$file")" ] || bad $((at + 1)) trailing "something stands behind the end"
      expected=$((expected + 1))
      continue
    fi
    table=${tables[expected]}
    [[ $text =~ ^\{\"end\":\"([a-z_.]+)\",\"rows\":([0-9]+),\"sha256\":\"([0-9a-f]{64})\"\}$ ]] || bad "$at" bad_end "this is no end of a table"
    name=${BASH_REMATCH[1]} rows=${BASH_REMATCH[2]} digest=${BASH_REMATCH[3]}
    [ "$name" = "$table" ] || bad "$at" wrong_section "here ends $name, where $table has to"
    [ "$((at - line - 1))" -eq "$rows" ] || bad "$at" row_count "$table has $((at - line - 1)) rows, not $rows"
    [ "$(tail -c "+$((byte + 1))" "$file" | head -c $((where - byte)) | sha256sum | cut -d' ' -f1)" = "$digest" ] ||
      bad "$((line + 1))" hash_mismatch "the rows of $table, up to line $((at - 1)), are not what was exported"
    first_byte=$byte
    sections+=("$table $((line + 1)) $rows $first_byte $((where - byte))")
    line=$at
    byte=$((where + ${#text} + 1))
    ends+=$'\n'$text
    expected=$((expected + 1))
  done < <(LC_ALL=C grep -abn '^{"end":' "$file")
  [ "$expected" -gt "${#tables[@]}" ] || bad "$(($(wc -l <"$file") + 1))" truncated "it ends before it is complete"
}

# One transaction that fills every table, or changes nothing. A row that does not fit is named by its line.
import_script() {
  local file=$1 section table first rows from bytes
  cat <<'SQL'
BEGIN;
SET client_min_messages = warning;
SET statement_timeout = 0;
CREATE TEMP TABLE line (n bigint GENERATED ALWAYS AS IDENTITY, text text NOT NULL) ON COMMIT DROP;
CREATE FUNCTION pg_temp.take(name text, first bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    columns text[];
    fill text;
    l record;
    at bigint := first;
    given jsonb;
BEGIN
    SELECT array_agg(attname::text ORDER BY attname COLLATE "C") INTO columns FROM pg_attribute
        WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped;
    SELECT format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)',
        name, string_agg(quote_ident(c), ', ')) INTO fill FROM unnest(columns) AS c;
    FOR l IN SELECT n, text FROM line ORDER BY n LOOP
        at := first + l.n - 1;
        given := l.text::jsonb;
        IF given ->> 'table' IS DISTINCT FROM name THEN
            RAISE EXCEPTION 'a row of % stands here', given ->> 'table';
        END IF;
        IF (SELECT array_agg(k ORDER BY k COLLATE "C") FROM jsonb_object_keys(given -> 'row') AS k) IS DISTINCT FROM columns THEN
            RAISE EXCEPTION 'these are not the columns of %', name;
        END IF;
        EXECUTE fill USING given -> 'row';
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    RAISE EXCEPTION 'line %: bad_row: %', at, SQLERRM;
END $$;
-- What the migrations put there.
DELETE FROM chat.rooms;
DELETE FROM chat.tallied;
DELETE FROM chat.pictures_version;
DELETE FROM auth.settings;
SQL
  for section in "${sections[@]}"; do
    read -r table first rows from bytes <<<"$section"
    [ "$rows" -gt 0 ] || continue
    printf 'TRUNCATE line RESTART IDENTITY;\nCOPY line (text) FROM STDIN %s;\n' "$copy_raw"
    tail -c "+$((from + 1))" "$file" | head -c "$bytes"
    printf '\\.\nSELECT pg_temp.take(%s, %d);\n' "'$table'" "$first"
  done
  # Numbers go on behind those that are there; those of rooms and people further on (scripts/lib/keep.sh says why).
  cat <<'SQL'
SELECT format('SELECT setval(%L, coalesce(max(%I), 0) + 1, false) FROM %s', pg_get_serial_sequence(attrelid::regclass::text, attname), attname, attrelid::regclass)
FROM pg_attribute WHERE attidentity <> '' AND attrelid::regclass::text ~ '^(auth|chat|media)\.' \gexec
SELECT setval('chat.later_places', greatest(max(place), 1)) FROM chat.later;
SQL
  # Not psql's own single transaction: that would keep what came if this script ended in the middle.
  printf '%s\nCOMMIT;\n' "$another_past_sql"
}
