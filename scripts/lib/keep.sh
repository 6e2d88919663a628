# What backup, restore, export and import share: which schema this checkout makes, what a database holds, an instance
# whose database alone runs. Sourced.
# shellcheck shell=bash

# The newest migration of this checkout.
newest_migration() {
  local file
  file=$(find "$root/deploy/sql" -maxdepth 1 -name '[0-9]*.sql' ! -name '*.down.sql' -printf '%f\n' | LC_ALL=C sort | tail -n 1)
  printf '%s' "${file%%_*}"
}
major_of() { printf '%s' "$1" | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

# SQL whose answer is one "NAME VALUE" a line: what is in a database, and with what everything is in it that matters most,
# each room's log up to its head. Whoever reads two of the same has the same.
figures_sql="
SELECT 'people ' || count(*) FROM auth.users;
SELECT 'rooms ' || count(*) FROM chat.rooms;
SELECT 'events ' || count(*) FROM chat.events;
SELECT 'logs ' || encode(sha256(convert_to(coalesce(string_agg(l, ',' ORDER BY room_id), ''), 'UTF8')), 'hex') FROM (
  SELECT room_id, concat_ws(':', room_id, count(*), min(seq), max(seq),
    sum(('x' || left(md5(concat_ws('/', seq, type, sender, ts, body, data)), 16))::bit(64)::bigint::numeric)) AS l
  FROM chat.events GROUP BY room_id) x;
SELECT 'files ' || count(*) FROM media.file WHERE doomed_at IS NULL;
SELECT 'file_bytes ' || coalesce(sum(octet_length(bytes)), 0) FROM media.chunk;
SELECT 'stored_elsewhere ' || count(*) FROM media.file WHERE store = 2 AND doomed_at IS NULL;
"

# Sets the instance up as far as its database, which alone then runs. For what must not meet a running server.
only_database() {
  ensure_packages "${packages_run[@]}"
  lock_instance
  find_drop
  if supervisor_pid >/dev/null; then die "Parley runs from $state; ./parley down first"; fi
  end_strays
  prepare_state
  ensure_cluster
  write_stores
  supervise postgres
  start_supervisor
  if is_supervised postgres && is_down postgres; then start_service postgres; fi
  wait_for_postgres
}
stop_database() {
  local pid
  pid=$(supervisor_pid) || return 0
  stop_services postgres
  s6-svscanctl -t "$scan"
  await 20 gone "$pid" || die "the supervisor does not end; its pid is $pid"
  rm -f "$state/run/supervisor.pid" "$scan"/*
  end_strays
}

# SQL that makes a database another one to all who knew it before. A new epoch: clients drop what they hold and begin
# anew. Numbers that were given to rooms and people after the copy are not given again: a message that waits in somebody's
# outbox for a room that is no more must not find another one under its number, nor a token another person.
another_past_sql="
UPDATE chat.epoch SET epoch = gen_random_uuid();
SELECT setval(s.name, greatest(coalesce(pg_sequence_last_value(s.name), 0), 0) + 100000)
FROM (VALUES (pg_get_serial_sequence('auth.users', 'id')::regclass), (pg_get_serial_sequence('chat.rooms', 'id')::regclass)) AS s(name);
"
