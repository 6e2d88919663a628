# Thousands of people for a bench, and rooms for them: written into the database of the bench's own instance. Sourced.
# shellcheck shell=bash

# crowd_people COUNT: people 1 … COUNT, each with a login; $crowd/tokens has their access tokens, in that order. Nobody is in a
# room, not in the one either that newcomers are in: ten thousand who come in would be told to ten thousand.
crowd_people() {
  local count=$1
  mkdir -p "$crowd"
  crowd_key
  crowd_sql >"$crowd/logins" <<SQL
WITH people AS (
  INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash)
    SELECT 'person' || i, 'person' || i, 'person' || i, 'Person ' || i, '!' FROM generate_series(1, $count) i
    RETURNING id),
  known AS (INSERT INTO chat.users (user_id, welcomed) SELECT id, true FROM people)
INSERT INTO auth.sessions (user_id, expires_at, address, user_agent)
  SELECT id, now() + interval '1 day', '127.0.0.1', 'bench' FROM people RETURNING user_id || ' ' || id;
SQL
  LC_ALL=C sort -n -o "$crowd/logins" "$crowd/logins"
  node scripts/bench/tokens.mjs sign "$crowd/key.pem" <"$crowd/logins" >"$crowd/tokens"
}
# crowd_room PEOPLE [AFTER]: a room with the first so many, or so many behind the first AFTER; prints its id.
crowd_room() {
  crowd_sql <<SQL
WITH room AS (INSERT INTO chat.rooms (kind, name, member_count) VALUES ('private', 'room of $1', $1) RETURNING id),
  inside AS (INSERT INTO chat.members (room_id, user_id)
    SELECT room.id, p.id FROM room, (SELECT id FROM auth.users WHERE password_hash = '!' ORDER BY id LIMIT $1 OFFSET ${2:-0}) p)
SELECT id FROM room;
SQL
}
# crowd_rooms PEOPLE SIZE: the first so many are in rooms of SIZE, the first SIZE of them in the first room, and so on; prints the
# room of each, in their order.
crowd_rooms() {
  crowd_sql <<SQL
CREATE TEMP TABLE person AS SELECT id, (row_number() OVER (ORDER BY id) - 1) / $2 AS place FROM auth.users
  WHERE password_hash = '!' ORDER BY id LIMIT $1;
CREATE TEMP TABLE room AS WITH made AS (INSERT INTO chat.rooms (kind, name, member_count)
    SELECT 'private', 'room ' || i || ' of $2', $2 FROM generate_series(0, ($1 - 1) / $2) i RETURNING id)
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM made;
INSERT INTO chat.members (room_id, user_id) SELECT room.id, person.id FROM person JOIN room ON nth = place;
SELECT room.id FROM person JOIN room ON nth = place ORDER BY person.id;
SQL
}

# crowd_places PEOPLE MESSAGES: rooms of all sizes for the first so many (scripts/bench/places.mjs), each with so many messages that
# all have read. $crowd/rooms has them, $crowd/places the rooms of each person as numbers of its lines.
crowd_places() {
  local count
  count=$(node scripts/bench/places.mjs "$1" "$crowd/places" "$crowd/members")
  crowd_sql >"$crowd/rooms" <<SQL
CREATE TEMP TABLE place (room int, person int);
\copy place FROM '$crowd/members' (DELIMITER ' ')
CREATE TEMP TABLE person AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM auth.users
  WHERE password_hash = '!' ORDER BY id LIMIT $1;
CREATE TEMP TABLE room AS WITH made AS (INSERT INTO chat.rooms (kind, name, member_count)
    SELECT 'private', 'room ' || room, count(*) FROM place GROUP BY room ORDER BY room RETURNING id, name)
  SELECT id, split_part(name, ' ', 2)::int AS nth FROM made;
INSERT INTO chat.members (room_id, user_id, read_seq, read_n, delivered_seq)
  SELECT room.id, person.id, $2, $2, $2 FROM place JOIN room ON room.nth = place.room JOIN person ON person.nth = place.person;
INSERT INTO chat.events (room_id, seq, n, type, sender, ts, body)
  SELECT room.id, s, s, 'message', person.id, now() - interval '1 min' * ($2 - s + 1),
    'Message ' || s || ' of ' || room.nth || ': the quick brown fox jumps over the lazy dog and comes back to tell of it ' || md5(room.nth || ' ' || s)
  FROM generate_series(1, $2) s, room JOIN (SELECT room, array_agg(person) AS inside FROM place GROUP BY room) m ON m.room = room.nth
    JOIN person ON true WHERE person.nth = m.inside[1 + s % cardinality(m.inside)];
UPDATE chat.rooms r SET last_seq = $2, last_n = $2, last_message = $2 FROM room WHERE room.id = r.id;
ANALYZE;
SELECT id FROM room ORDER BY nth;
SQL
  [ "$(wc -l <"$crowd/rooms")" -eq "$count" ] || die "the rooms were not made"
}

# A key of the bench beside the instance's own: it cannot be opened with the instance's secret, so that auth-svc publishes it and
# signs with its own.
crowd_key() {
  local pid key
  key=$(node scripts/bench/tokens.mjs key "$crowd/key.pem")
  crowd_sql <<SQL
INSERT INTO auth.signing_keys (kid, public_pem, private_box, active_at, retired_at)
  VALUES ($key, '\x00', now() + interval '1 day', now() + interval '1 day');
SQL
  # Keys are read when it starts, and then each minute.
  pid=$(pid_of auth-svc-1)
  kill "$pid"
  wait_until 30 crowd_key_is_published "${key:1:43}"
}
crowd_key_is_published() { curl -fsS -m 5 "http://127.0.0.1:$(public_port)/api/v1/auth/jwks" 2>/dev/null | grep -q "$1"; }
crowd_sql() { owner_psql parley -A -t -v ON_ERROR_STOP=1 "$@"; }

# wait_until SECONDS COMMAND…
wait_until() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    [ "$(now_ms)" -lt "$deadline" ] || die "not in time: $*"
    sleep 0.1
  done
}
