# A server that is backed up, destroyed and restored, wherever it runs: people with one of each thing, a page that stays open, and
# what both must find again. Sourced by tests/install/run and tests/compose/kept, with $root, $url, and $work, a directory of theirs.
# shellcheck shell=bash

: "${root:?}" "${url:?}" "${work:?}"
kept_witness=
kept_people() { node "$root/tests/keep/people.mjs" "$1" "$url" "${@:2}"; }
kept_fail() {
  echo "kept: $*" >&2
  [ ! -e "$work/witness.log" ] || cat "$work/witness.log" "$work/shown" >&2
  exit 1
}
# The page that stays open shows that as its last message, within a minute.
kept_shows_last() {
  local deadline=$((SECONDS + 60))
  # shellcheck disable=SC2016  # For Node.
  until node -e 'const { status, shown } = JSON.parse(require("fs").readFileSync(process.argv[1]));
    process.exit(status === "ready" && shown.at(-1)?.[1] === process.argv[2] ? 0 : 1)' "$work/shown" "$1" 2>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || kept_fail "the open page does not show \"$1\" as the last message"
    sleep 0.2
  done
}
kept_epoch() { grep -oE '"epoch":"[^"]*"' "$work/shown"; }

# Before the backup; ada.keeps is there already, made from the shell.
kept_begin() {
  kept_people seed || kept_fail "people could not be made"
  kept_people state >"$work/before.json"
  (cd "$root" && exec node --import ./tests/faults/loader.mjs tests/keep/witness.ts "$url" "$work/shown") >"$work/witness.log" 2>&1 &
  kept_witness=$!
  kept_shows_last "the last thing"
}
# After it.
kept_go_on() {
  kept_people say "behind the backup" >/dev/null
  kept_shows_last "behind the backup"
  kept_epoch >"$work/epoch"
}
# What was restored is up.
kept_end() {
  kept_people state >"$work/after.json" || kept_fail "the restored server does not let its people in"
  diff "$work/before.json" "$work/after.json" || kept_fail "messages, members or files are not what they were (above)"
  kept_shows_last "the last thing"
  ! grep -qF "behind the backup" "$work/shown" || kept_fail "the page shows what is no more"
  [ "$(kept_epoch)" != "$(cat "$work/epoch")" ] || kept_fail "the epoch is the same"
  kept_people say "after the restore" >/dev/null
  kept_shows_last "after the restore"
  kill "$kept_witness"
  wait "$kept_witness" 2>/dev/null || true
  kept_witness=
}
