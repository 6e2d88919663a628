# An account that is in very many rooms, for the benches that look at one. Sourced behind bench.sh, state.sh and postgres.sh.
# shellcheck shell=bash

index_limit_s=600

sql() { owner_psql parley -A -t -v ON_ERROR_STOP=1 "$@"; }

# fill_rooms MANY FEW ROOMS MESSAGES: two people by their ids, both of whom are in the room "small" of 100 messages and in the
# room "large" of so many, and have read everything. The first is in all ROOMS, the second in some 20.
fill_rooms() {
  sql <<SQL
BEGIN;
INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash)
  SELECT 'person' || i, 'person' || i, 'person' || i, 'Person ' || i, '!' FROM generate_series(1, 50) i;
INSERT INTO chat.rooms (kind, name) SELECT 'private', 'room ' || i FROM generate_series(1, $3 - 2) i;
INSERT INTO chat.rooms (kind, name) VALUES ('private', 'small'), ('private', 'large');
CREATE TEMP TABLE person AS SELECT row_number() OVER (ORDER BY id) - 1 AS nth, id FROM auth.users WHERE password_hash = '!';
-- Words differ as those of people do: what repeats itself would be sent in no time.
CREATE TEMP TABLE word AS SELECT string_to_array(replace('the to and a of in is it that for you we on this with be have are not at as but can will
do if or so from by was an all me what there when would one just they about out up your get like our more no now how time some
think could then need people see know make go work good also here been after use only new any other than should before where
back still want did does first thing because', E'\n', ' '), ' ') AS words;
CREATE TEMP TABLE room AS SELECT id, name,
  CASE name WHEN 'small' THEN 100 WHEN 'large' THEN $4 ELSE 20 END AS size FROM chat.rooms WHERE kind = 'private';
INSERT INTO chat.events (room_id, seq, n, type, sender, ts, body)
  SELECT r.id, s, s, 'message', p.id, now() - interval '20 s' * (r.size - s) - interval '1 min',
    'Message ' || s || ' of ' || r.name || ', and ' || (SELECT string_agg(words[1 + (hashint8(r.id * 7919 + s * 31 + i) & 2047) % 96], ' ')
      FROM generate_series(1, 11) i)
  FROM word, room r, generate_series(1, r.size) s JOIN person p ON p.nth = (s / 3) % 50;
UPDATE chat.rooms r SET last_seq = m.size, last_n = m.size, last_message = m.size FROM room m WHERE m.id = r.id;
INSERT INTO chat.members (room_id, user_id, read_seq, read_n, delivered_seq)
  SELECT id, $1, size, size, size FROM room;
INSERT INTO chat.members (room_id, user_id, read_seq, read_n, delivered_seq)
  SELECT id, $2, size, size, size FROM room WHERE name IN ('small', 'large') OR id % ($3 / 18) = 0;
COMMIT;
VACUUM ANALYZE;
SQL
}
behind() {
  sql -c "SELECT coalesce(sum(r.last_seq - coalesce(s.seq, 0)), 0) FROM chat.rooms r
    LEFT JOIN chat.search_rooms s ON s.room_id = r.id"
}
# The search index must not be at work while something else is measured.
wait_until_indexed() {
  local deadline=$(($(now_ms) + index_limit_s * 1000))
  while [ "$(behind)" -gt 0 ]; do
    [ "$(now_ms)" -lt "$deadline" ] || die "not indexed within $index_limit_s s"
    sleep 0.5
  done
}
