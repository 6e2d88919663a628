# Debian's packages: which are needed, which are missing, how they come without starting anything. Sourced.
# shellcheck shell=bash

packages_run=(ca-certificates curl haproxy iproute2 libmagic-mgc libwebsockets-evlib-uv openssl postgresql redis-tools s6)
packages_build=(cmake gcc libavcodec-dev libavformat-dev libavutil-dev libc6-dev libcrypt-dev libcurl4-openssl-dev libfontconfig-dev
  libhiredis-dev libicu-dev libjansson-dev libjwt-dev libmagic-dev libpq-dev libsodium-dev libssl-dev libswscale-dev
  libuv1-dev libvips-dev libwebp-dev libwebsockets-dev libxml2-dev ninja-build pkg-config uthash-dev)
packages_test=(chromium chromium-headless-shell clang clang-format clang-tidy fonts-dejavu-core fonts-dejavu-extra fonts-liberation fonts-noto-cjk
  fonts-noto-color-emoji fonts-noto-core libclang-rt-dev libcriterion-dev python3-swift shellcheck spin)

# missing_packages PACKAGE…: prints those that are not installed.
missing_packages() {
  local package installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null |
    awk '$1 == "installed" { sub(/:.*/, "", $2); print $2 }') || true
  for package in "$@"; do
    case $package in
      # Any server version will do, wherever it was packaged.
      postgresql) [ -n "$(postgres_bin)" ] && continue ;;
      # Any font will do where nobody compares pictures: without one, text in a browser has no size.
      fonts-*) [ -z "${CI:-}" ] && [ -n "$(find /usr/share/fonts -name '*.[to]tf' 2>/dev/null | head -n 1)" ] && continue ;;
    esac
    grep -qx -- "$package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# The newest PostgreSQL programs of the machine, or those of the major version given; nothing when there are none.
postgres_bin() {
  local dir best=
  for dir in /usr/lib/postgresql/*/bin; do
    [ -x "$dir/initdb" ] || continue
    if [ -n "${1:-}" ]; then
      case $dir in */"$1"/bin) printf '%s' "$dir" && return 0 ;; *) continue ;; esac
    fi
    if [ -z "$best" ] || [ "${dir//[!0-9]/}" -gt "${best//[!0-9]/}" ]; then best=$dir; fi
  done
  printf '%s' "$best"
}

ensure_packages() {
  if ! have dpkg-query || ! have apt-get; then
    warn "this is no Debian: nothing is installed for you. docs/operations.md names what is needed"
    return 0
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  [ "$EUID" -eq 0 ] || have sudo ||
    die "there is no sudo. As root, run: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  [ "$EUID" -eq 0 ] || note "sudo may ask for your password"
  hold_services
  local status=0
  install_packages "${missing[@]}" || status=$?
  release_services "${missing[@]}"
  [ "$status" -eq 0 ] ||
    die "the packages could not be installed (the lines above say why). Try: apt-get update && apt-get install ${missing[*]}"
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null || return
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# While our packages are unpacked, no cluster is made for a PostgreSQL that comes with them, and no HAProxy that comes
# with them is started. What the machine already runs is not touched: both rules name only what is being installed.
no_cluster=/etc/postgresql-common/createcluster.d/parley.conf
policy=/usr/sbin/policy-rc.d
policy_is_ours=false
hold_services() {
  local package
  for package in "${missing[@]}"; do
    case $package in
      postgresql)
        as_root mkdir -p "${no_cluster%/*}"
        printf 'create_main_cluster = false\n' | as_root tee "$no_cluster" >/dev/null
        ;;
      haproxy)
        # Where there is such a policy already, as in a container image, it decides.
        [ ! -e "$policy" ] || continue
        printf '#!/bin/sh\n[ "$1" != haproxy ] || exit 101\nexit 0\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        policy_is_ours=true
        ;;
    esac
  done
}
release_services() {
  local package
  as_root rm -f "$no_cluster"
  if $policy_is_ours; then as_root rm -f "$policy"; fi
  for package in "$@"; do
    if [ "$package" != haproxy ] || ! dpkg-query -W haproxy >/dev/null 2>&1; then continue; fi
    note "the machine's own haproxy service came with the package; it is disabled, Parley starts its own"
    if [ -d /run/systemd/system ]; then
      as_root systemctl disable --quiet --now haproxy || true
    else
      as_root update-rc.d haproxy disable >/dev/null 2>&1 || true
    fi
  done
}
