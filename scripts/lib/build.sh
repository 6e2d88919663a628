# Builds the services and the web client, only what changed. Sourced.
# shellcheck shell=bash

# One build at a time in a checkout, however many instances are started from it.
with_build_lock() {
  mkdir -p "$cache"
  local status=0
  # Who can open the file can hold the lock.
  (umask 077 && : >>"$cache/build.lock")
  chmod 600 "$cache/build.lock"
  exec 8>"$cache/build.lock"
  flock -n 8 || { note "waiting for another build of this checkout" && flock 8; }
  "$@" || status=$?
  exec 8>&-
  return "$status"
}

# build_c PRESET [TARGET…]
build_c() { with_build_lock build_c_locked "$@"; }
build_c_locked() {
  local preset=$1 dir=$cache/build/$1
  shift
  if [ ! -e "$dir/build.ninja" ]; then
    say "Configuring the $preset build"
    (cd "$root" && cmake --preset "$preset" >"$cache/configure.log" 2>&1) || {
      cat "$cache/configure.log" >&2
      rm -f "$dir/build.ninja"
      die "the build could not be configured (above); ./parley doctor names missing packages"
    }
  fi
  # Asked first, so that a build with nothing to do stays silent.
  if ! ninja -C "$dir" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    say "Building the services ($preset)"
    # On a pipe ninja prints a line a step; on a terminal one line that moves.
    ninja -C "$dir" ${PARLEY_BUILD_JOBS:+-j"$PARLEY_BUILD_JOBS"} "$@" || die "the $preset build failed (above)"
  fi
}

# What the web client is made from, as one digest.
web_digest() {
  (cd "$root" && find web protocol -type f ! -path '*/node_modules/*' ! -path 'web/dist/*' ! -name '*.tsbuildinfo' \
    -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

build_web() { with_build_lock build_web_locked; }
build_web_locked() {
  [ -e "$root/web/package.json" ] || return 0
  local digest
  digest=$(web_digest)
  if [ "$(cat "$cache/web.stamp" 2>/dev/null)" = "$digest" ] && [ -e "$root/web/dist/index.html" ]; then return 0; fi
  ensure_node
  install_web_packages
  say "Building the web client"
  (cd "$root/web" && npm run --silent build </dev/null) || die "the web client did not build (above)"
  printf '%s\n' "$digest" >"$cache/web.stamp"
}

# node_modules as package-lock.json has it; only when that file changed.
install_web_packages() { install_node_packages web; }
install_node_packages() {
  local dir=$1 stamp=$cache/${1//\//-}-modules.stamp digest
  digest=$(sha256sum <"$root/$dir/package-lock.json")
  if [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ] && [ -d "$root/$dir/node_modules" ]; then return 0; fi
  say "Fetching the packages of $dir/"
  (cd "$root/$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null) ||
    die "npm ci failed in $dir/ (above); check the network and try again"
  printf '%s\n' "$digest" >"$stamp"
}
