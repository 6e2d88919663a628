# Node for the web client: the machine's own where it is new enough, else one below .parley/. Sourced.
# shellcheck shell=bash

# Fetched by exact version and checked by digest. A machine without any npm gets Debian's for this one errand.
node_version=24.21.0
npm_version=11.19.1
npm_digest=ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==
declare -A node_digest=(
  [x64]=3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
  [arm64]=FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==
)

# Vite needs 20.19, 22.12 or anything newer than 22; the odd releases between are not supported.
node_is_new_enough() {
  have node && have npm || return 1
  local major minor
  IFS=. read -r major minor _ < <(node --version | tr -d v)
  case $major in
    20) [ "$minor" -ge 19 ] ;;
    22) [ "$minor" -ge 12 ] ;;
    *) [ "$major" -ge 24 ] ;;
  esac
}

ensure_node() {
  # Node brings its own list of authorities; what the machine trusts beyond that, Node shall trust too.
  if [ -r /etc/ssl/certs/ca-certificates.crt ]; then
    export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  fi
  if ! node_is_new_enough; then
    fetch_node
    PATH=$cache/node/bin:$PATH
    export PATH
  fi
}

fetch_node() {
  local arch
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "no Node is known for $(uname -m); install Node 20.19 or newer with npm" ;;
  esac
  [ "$(cat "$cache/node/version" 2>/dev/null)" != "$node_version $npm_version" ] || return 0
  have npm || ensure_packages npm
  say "Fetching Node $node_version into .parley/node (the machine's is missing or older than 20.19)"
  rm -rf "$cache/node"
  mkdir -p "$cache/node/bin" "$cache/node/npm"
  fetch_package "node-linux-$arch" "$node_version" "${node_digest[$arch]}"
  tar -xzf "$cache/node/download" -C "$cache/node/bin" --strip-components=2 package/bin/node
  fetch_package npm "$npm_version" "$npm_digest"
  tar -xzf "$cache/node/download" -C "$cache/node/npm" --strip-components=1
  rm "$cache/node/download"
  local tool
  for tool in npm npx; do
    ln -s "../npm/bin/$tool-cli.js" "$cache/node/bin/$tool"
    chmod +x "$cache/node/npm/bin/$tool-cli.js"
  done
  printf '%s\n' "$node_version $npm_version" >"$cache/node/version"
}

# fetch_package NAME VERSION SHA512: $cache/node/download is that package's archive, from whichever registry npm uses.
fetch_package() {
  (cd "$cache/node" && npm pack --silent "$1@$2" >/dev/null </dev/null && mv "$1-$2.tgz" download) ||
    die "npm could not fetch $1 $2; check the network, or install Node 20.19 or newer with npm"
  [ "$(openssl dgst -sha512 -binary "$cache/node/download" | base64 -w0)" = "$3" ] ||
    die "$1 $2 is not what it should be: its SHA-512 differs from the one in scripts/lib/node.sh"
}
