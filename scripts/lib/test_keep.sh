# Backup and restore as `./parley test parley` tests them: two people, one of them with a page that stays open. Sourced.
# shellcheck shell=bash

keep=$cache/test/keep
keep_url() { printf 'http://localhost:%s' "$PARLEY_PORT"; }
# The client's engine runs as it is written: that needs the type stripping of Node 24.
keep_node() { if [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 24 ]; then echo node; else echo "$cache/node/bin/node"; fi; }
start_witness() {
  local program
  program=$(keep_node)
  # Not by a function: its shell would be the one that is ended.
  "$program" --import ./tests/faults/loader.mjs tests/keep/witness.ts "$(keep_url)" "$keep/shown" >"$keep/witness.log" 2>&1 &
  witness=$!
}
# The page of the witness shows that as its last message; within WITHIN_S seconds.
shows_last() {
  # shellcheck disable=SC2016  # For the inner shell.
  timeout "${WITHIN_S:-30}" bash -c 'until node -e "
    const { status, shown } = JSON.parse(require(\"fs\").readFileSync(process.argv[1]));
    process.exit(status === \"ready\" && shown.at(-1)?.[1] === process.argv[2] ? 0 : 1)" "$1" "$2" 2>/dev/null; do sleep 0.1; done' _ "$keep/shown" "$1" || {
    cat "$keep/witness.log" "$keep/shown"
    return 1
  }
}
never_shows() { ! grep -qF -- "$1" "$keep/shown"; }
epoch_shown() { grep -oE '"epoch":"[^"]*"' "$keep/shown"; }
people() { node tests/keep/people.mjs "$1" "$(keep_url)" "${@:2}"; }
# spoilt NAME: a copy of the backup, to be spoilt.
spoilt() {
  rm -rf "${keep:?}/$1"
  cp -a "$keep/backup" "$keep/$1"
}
# Each thing that can be wrong with a backup is refused by its name, before anything is touched.
refuses_damage() {
  local middle
  spoilt damaged
  middle=$(($(stat -c %s "$keep/backup/database.dump") / 2))
  printf 'x' | dd of="$keep/damaged/database.dump" bs=1 seek="$middle" conv=notrunc status=none
  says 1 "database.dump is damaged" ./parley restore "$keep/damaged" || return 1
  spoilt short
  truncate -s "$middle" "$keep/short/database.dump"
  says 1 "database.dump is cut short" ./parley restore "$keep/short" || return 1
  spoilt headless
  rm "$keep/headless/manifest"
  says 1 "it has no manifest" ./parley restore "$keep/headless" || return 1
  spoilt changed
  sed -i 's/^events .*/events 1/' "$keep/changed/manifest"
  says 1 "damaged or cut short" ./parley restore "$keep/changed" || return 1
  spoilt half.partial
  says 1 "no backup" ./parley restore "$keep/half.partial" || return 1
  # Made by a version that knows more migrations; the manifest is right in itself.
  spoilt newer
  { grep -v '^end ' "$keep/backup/manifest" | sed 's/^schema .*/schema 9999/'; } >"$keep/newer/manifest"
  printf 'end %s\n' "$(sha256sum <"$keep/newer/manifest" | cut -d' ' -f1)" >>"$keep/newer/manifest"
  says 1 "schema 9999" ./parley restore "$keep/newer" || return 1
  [ ! -e "$state" ]
}
# Interrupted in the middle of the dump, which a lock holds up. By SIGTERM it leaves nothing; killed, nothing that looks whole.
interrupted() {
  local signal=$1 backup holder status=0
  mkfifo "$keep/hold"
  (
    for part in state packages postgres; do . "scripts/lib/$part.sh"; done
    owner_psql parley <"$keep/hold" >/dev/null
  ) &
  holder=$!
  exec 7>"$keep/hold"
  rm "$keep/hold"
  printf 'BEGIN; LOCK TABLE chat.rooms IN ACCESS EXCLUSIVE MODE; SELECT 1;\n' >&7
  setsid ./parley backup "$keep/cut-$signal" &
  backup=$!
  timeout 20 bash -c 'until [ -e "$1.partial/database.dump" ]; do sleep 0.05; done' _ "$keep/cut-$signal" || status=1
  # All of it, as a terminal's Ctrl-C or the end of the machine would.
  kill "-$signal" -- "-$backup"
  wait "$backup" && status=1
  exec 7>&-
  wait "$holder" || true
  [ ! -e "$keep/cut-$signal" ] || status=1
  if [ "$signal" = KILL ]; then
    says 1 "it has no manifest" ./parley restore "$keep/cut-$signal.partial" || says 1 "no backup" ./parley restore "$keep/cut-$signal.partial" || status=1
  else
    [ ! -e "$keep/cut-$signal.partial" ] || status=1
  fi
  return "$status"
}
# Without filling anything again.
goes_on() { says 0 "Restored as of" ./parley restore "$keep/backup" && ! grep -q "Restoring" "$answer"; }
# Where somebody else could put a directory of his own in the backup's place root writes none. A person writes where he may.
not_among_others() {
  [ "$EUID" -eq 0 ] || return 0
  install -d -o nobody "$keep/theirs"
  install -d -m 777 "$keep/open"
  mkdir -p "$keep/theirs/ours"
  ln -s theirs "$keep/link"
  says 1 "theirs belongs to nobody" ./parley backup "$keep/theirs/backup" || return 1
  says 1 "theirs belongs to nobody" ./parley backup "$keep/theirs/ours/backup" || return 1
  says 1 "theirs belongs to nobody" ./parley backup "$keep/link/new/backup" || return 1
  says 1 "others than root may write to" ./parley backup "$keep/open/new/backup" || return 1
  says 1 "theirs belongs to nobody" ./parley export "$keep/theirs/export" || return 1
  [ -z "$(find "$keep/theirs" "$keep/open" -name 'backup*' -o -name 'new' -o -name 'export*')" ]
}
only_owner_reads() { [ -z "$(find "$keep/backup" -perm /077)" ]; }
sees_before() { people state >"$keep/before.json"; }
as_before() {
  people state >"$keep/after.json"
  diff "$keep/before.json" "$keep/after.json"
}

# Begins and ends with an instance that is up; in between it is destroyed and comes out of its backup.
test_keep() {
  rm -rf "$keep"
  mkdir -p "$keep"
  [ "$(keep_node)" = node ] || fetch_node
  install_web_packages
  check "an admin is made from the shell" with_password "correct horse battery" create-admin ada.keeps
  check "people write, and files are kept" people seed
  check "it is seen" sees_before
  start_witness
  check "a page shows it" shows_last "the last thing"
  check "a backup while it runs" says 0 "Done" ./parley backup "$keep/backup"
  check "a backup is its owner's alone" only_owner_reads
  check "a backup is never written over" says 1 "is there already" ./parley backup "$keep/backup"
  check "where others may write root makes none" not_among_others
  check "a backup that is cut short by SIGTERM leaves nothing" interrupted TERM
  check "a backup whose machine died leaves nothing that looks whole" interrupted KILL
  check "what is written after the backup is shown" people say "behind the backup"
  check "and the page shows it" shows_last "behind the backup"
  local epoch
  epoch=$(epoch_shown)
  check "a running instance is not restored over" says 1 "./parley down first" ./parley restore "$keep/backup"
  check "nor with --replace" says 1 "./parley down first" ./parley restore "$keep/backup" --replace
  check "down" ./parley down
  rm -rf "$state"
  check "damage is refused before anything is touched" refuses_damage
  check "--check says that it is whole" says 0 "is whole" ./parley restore "$keep/backup" --check
  # The machine dies between the swap and the key: the key cannot be written.
  mkdir -p "$state/secrets.env.new/in the way"
  check "a restore that is cut off behind the swap says so" says 1 "the same command goes on" ./parley restore "$keep/backup"
  check "and nothing starts on half of it" says 1 "a restore did not end" ./parley up
  check "it cannot be forgotten, as only it has the key" says 1 "lacks its key" ./parley restore --forget
  rm -rf "$state/secrets.env.new"
  check "the same command goes on" goes_on
  check "restored, it is not restored over" says 1 "add --replace" ./parley restore "$keep/backup"
  check "up with what was restored" ./parley up
  check "the same messages, members, files" as_before
  # The page was never touched: it comes to another epoch, and drops what is no more.
  check "the open page comes back by itself" shows_last "the last thing"
  check "and shows nothing that is no more" never_shows "behind the backup"
  check "under another epoch" [ "$epoch" != "$(epoch_shown)" ]
  check "and is written to" people say "after the restore"
  check "and shows it" shows_last "after the restore"
  check "down" ./parley down
  check "nothing is forgotten that is not there" says 1 "no restore that was cut off" ./parley restore --forget
  # As one that died before the swap leaves it.
  printf '%s\n' "$keep/backup" >"$state/restoring"
  check "before the swap, too, nothing starts on it" says 1 "a restore did not end" ./parley up
  check "that one can be forgotten" says 0 "Forgotten" ./parley restore --forget
  check "and is" [ ! -e "$state/restoring" ]
  check "with --replace the old database is kept" says 0 "is kept as parley_before_" ./parley restore "$keep/backup" --replace
  check "up again" ./parley up
  check "the same once more" as_before
  check "the page follows" shows_last "the last thing"
  test_admin
  test_export
  kill "$witness"
  wait "$witness" 2>/dev/null || true
}

# ---- ./parley export, import ----

# Every table is in the list of what is exported, or in that of what is not.
every_table_is_listed() {
  local listed there
  listed=$(. scripts/lib/export.sh && { export_tables | cut -d'|' -f1 && tr -s ' ' '\n' <<<"$not_exported"; } | LC_ALL=C sort)
  there=$(for part in state packages postgres; do . "scripts/lib/$part.sh"; done &&
    owner_psql parley -At -c "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('auth', 'chat', 'media')" | LC_ALL=C sort)
  diff <(printf '%s\n' "$listed") <(printf '%s\n' "$there")
}
has_rows() { for table; do grep -q "^{\"table\":\"$table\"" "$keep/export" || { echo "no row of $table" && return 1; }; done; }
# spoils NAME WORDS SED…: an import of the export that sed made of the good one says those words, and makes nothing.
spoils() {
  local name=$1 words=$2
  shift 2
  LC_ALL=C sed "$@" "$keep/export" >"$keep/export.$name"
  says 1 "$words" ./parley import "$keep/export.$name" && [ ! -e "$state" ]
}
# The hashes are right, a row is not: what a program that writes such files by itself gets wrong.
spoils_row() {
  local line digest
  line=$(grep -n -m 1 '^{"table":"chat.members"' "$keep/export" | cut -d: -f1)
  sed "$line"'s/"role":"[a-z]*"/"role":"king"/' "$keep/export" >"$keep/export.row"
  digest=$(grep '^{"table":"chat.members"' "$keep/export.row" | sha256sum | cut -d' ' -f1)
  sed -i -E "s/^(\{\"end\":\"chat.members\",.*\"sha256\":\")[0-9a-f]*/\1$digest/; /^\{\"end\":\"export\"/d" "$keep/export.row"
  printf '{"end":"export","sha256":"%s"}\n' "$(grep -E '^\{"(end|parley_export)"' "$keep/export.row" | sha256sum | cut -d' ' -f1)" >>"$keep/export.row"
  says 1 "line $line: bad_row: " ./parley import "$keep/export.row"
}
# The archive that ben gets on the page has the rows of his export; the bytes of files are beside them, not among them.
same_as_mine() {
  people mine "$keep/ben.zip" || return 1
  python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("export.ndjson"))' "$keep/ben.zip" >"$keep/ben.ndjson"
  diff <(grep -vE '"(table|end)":"(media.chunk|export)"' "$keep/ben.export") <(grep -v '"end":"export"' "$keep/ben.ndjson")
}
test_export() {
  check "every table is exported, or named as one that is not" every_table_is_listed
  check "a server is exported while it runs" says 0 "Exported to" ./parley export "$keep/export"
  check "with all that people did" has_rows auth.access_tokens auth.audit auth.blocks auth.group_members auth.groups auth.invites auth.settings auth.users chat.audit chat.bans \
    chat.changes chat.drafts chat.emoji chat.events chat.file_use chat.follows chat.invites chat.later chat.members chat.mentions chat.polls chat.reactions \
    chat.reports chat.rooms chat.scheduled chat.sent chat.sticker_packs chat.stickers chat.user_events chat.votes media.chunk media.file
  check "it is seen" sees_before
  check "a room is exported" ./parley export "$keep/room.export" --room 2
  check "without what is of other rooms, or of nobody's business" not grep -qE 'between us|argon2|half a thou' "$keep/room.export"
  check "a person is exported" ./parley export "$keep/ben.export" --person ben.keeps
  check "and not who reported what" eval '! grep -q "\"kind\":\"reported\"" "$keep/ben.export"'
  check "with what that person wrote, and nobody's hash" eval 'grep -q "edited twice" "$keep/ben.export" && ! grep -qE "argon2|with a quote" "$keep/ben.export"'
  check "and is what that person downloads" same_as_mine
  check "an import over people is refused" says 1 "./parley down first" ./parley import "$keep/export"
  check "down" ./parley down
  check "and when they are down, too" says 1 "has people already" ./parley import "$keep/export"
  rm -rf "$state"
  check "a changed letter is found" spoils letter ": hash_mismatch:" 's/edited twice/edited thrice/'
  check "a missing line is found" spoils line ": row_count:" '0,/"chat.events"/{/"chat.events"/d}'
  check "a changed end is found" spoils end ": hash_mismatch:" "/\"end\":\"chat.bans\"/s/\"sha256\":\"[0-9a-f]*/\"sha256\":\"$(printf '%064d' 0)/"
  check "a cut file is found" spoils cut ": truncated:" '$d'
  check "what stands behind the end is found" spoils more ": no_row:" '$a more'
  check "and another end behind it" spoils ends ": trailing:" '$a {"end":"export","sha256":""}'
  check "a line that psql would obey is no row" spoils command ": no_row:" "0,/^{\"table\":\"chat.members\"/s//\\\\.\n\\\\! touch owned\n&/"
  check "another version is refused" spoils version "line 1: unknown_version:" '1s/:1,/:2,/'
  check "another schema is refused" spoils schema "line 1: other_schema:" '1s/"schema":"/&9/'
  check "a room is not imported" says 1 "line 1: not_a_server:" ./parley import "$keep/room.export"
  check "a row that does not fit is named" spoils_row
  check "an export comes in, and out again the same" says 0 "the same, byte for byte" ./parley import "$keep/export"
  check "up with what was imported" ./parley up
  check "the same messages, members, files" as_before
}

# ---- ./parley admin ----

logs_in() {
  [ "$(curl -s -o "$answer" -w '%{http_code}' "$(keep_url)/api/v1/auth/login" -H 'content-type: application/json' \
    -d "{\"username\":\"$1\",\"password\":\"$2\"}")" = 200 ]
}
not_in() { ! logs_in "$@"; }
page_is() {
  # shellcheck disable=SC2016  # For the inner shell.
  timeout "${WITHIN_S:-30}" bash -c 'until grep -q "\"status\":\"$2\"" "$1"; do sleep 0.05; done' _ "$keep/shown" "$1"
}
no_sessions() { [ -z "$(./parley admin sessions "$1")" ]; }
with_password() { printf '%s\n' "$1" | ./parley admin "${@:2}"; }
not() { ! "$@"; }
audit_of() { curl -s "$(keep_url)/api/v1/admin/audit?kind=$1" -H "authorization: Bearer $(grep -oE '"access_token":"[^"]*"' "$answer" | cut -d'"' -f4)" | grep -q '"entries":\[{'; }
one_session_ends() {
  local id
  id=$(./parley admin sessions ada.keeps | head -n 1 | cut -f1)
  says 0 "that login has ended" ./parley admin end-session ada.keeps "$id" && says 1 "nothing here" ./parley admin end-session ada.keeps "$id"
}
# While it waits for the password.
admin_has_no_key() {
  local waits status=0
  mkfifo "$keep/password"
  ./parley admin create-admin waiting.keeps <"$keep/password" &
  waits=$!
  exec 7>"$keep/password"
  rm "$keep/password"
  # shellcheck disable=SC2016  # For the inner shell.
  timeout 20 bash -c 'until pid=$(pgrep -f "^/.*bin/[p]arley-admin create-admin waiting.keeps"); do sleep 0.05; done
    tr "\0" "\n" <"/proc/$pid/environ" | cut -d= -f1 >"$1"' _ "$keep/admin.environ" || status=1
  exec 7>&-
  ! wait "$waits" || status=1
  cat "$keep/admin.environ"
  grep -qx PARLEY_AUTH_DATABASE_URL "$keep/admin.environ" && ! grep -q KEY "$keep/admin.environ" && return "$status"
}
test_admin() {
  check "parley-admin is not told the key" admin_has_no_key
  check "an admin is made from the shell" with_password "long enough for me" create-admin root.keeps
  check "and logs in" logs_in root.keeps "long enough for me"
  check "the audit has it, by nobody's hand" audit_of admin_made
  check "a name is made once" says 1 "taken" with_password "long enough for me" create-admin Root.keeps
  check "and no word that calls everybody" says 1 "calls everybody" with_password "long enough for me" create-admin Everyone
  check "the rules of passwords hold" says 1 "assword" with_password "short" create-admin other.keeps
  check "nobody is not found" says 1 "no such person" ./parley admin disable nobody.keeps
  check "logins are listed" says 0 "node" ./parley admin sessions ada.keeps
  check "one login is ended, once" one_session_ends
  check "a new password is set" with_password "another long one" reset-password ada.keeps
  check "the old one is no more" not_in ada.keeps "correct horse battery"
  check "and the logins before have ended" no_sessions ada.keeps
  check "the new one lets in" logs_in ada.keeps "another long one"
  check "the open page is in" page_is ready
  check "a person is disabled" ./parley admin disable ben.keeps
  WITHIN_S=5 check "whose open page ends at once" page_is stopped
  check "and who is not let in" not_in ben.keeps "correct horse battery"
  check "and enabled" ./parley admin enable ben.keeps
  check "and let in" logs_in ben.keeps "correct horse battery"
  check "the first password is set again" with_password "correct horse battery" reset-password ada.keeps
}
