# Sourced by the scripts beside it: finds or installs the compiler and builds
# sbf-link with it. Sets `rustc`, `cargo`, `out` (where everything is built) and
# `compiler` (what to call it).
#
#   SBF_RUSTC, SBF_CARGO  a compiler of one's own: LLVM 22, with the sources of
#                         std of the same version in its sysroot
#   SBF_TARGET_DIR        where to build; the repository's target/sbf-link

readonly llvm_major=22
# The last is for crates.io.
readonly packages=(rustc-web cargo-web rust-web-src ca-certificates)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rustc=${SBF_RUSTC:-/usr/bin/rustc}
cargo=${SBF_CARGO:-/usr/bin/cargo}
out=${SBF_TARGET_DIR:-$(cd "$here/../.." && pwd)/target/sbf-link}

fail() {
  printf 'sbf-link: %s\n' "$@" >&2
  exit 1
}

# What keeps the compiler from being used, or nothing.
obstacle() {
  local version llvm sources
  [ -x "$rustc" ] || { echo "there is no $rustc"; return; }
  [ -x "$cargo" ] || { echo "there is no $cargo"; return; }
  version=$("$rustc" -vV) || { echo "$rustc does not run"; return; }
  llvm=$(sed -n 's/^LLVM version: //p' <<<"$version")
  [ "${llvm%%.*}" = "$llvm_major" ] ||
    { echo "$rustc has LLVM $llvm, but LLVM $llvm_major is needed"; return; }
  release=$(sed -n 's/^release: //p' <<<"$version")
  sources=$("$rustc" --print sysroot)/lib/rustlib/src/rust
  [ -d "$sources/library/core" ] || { echo "$rustc comes without the sources of std"; return; }
  # Debian's source package tells its version; others are of one piece.
  [ ! -f "$sources/version" ] || [ "$(cut -d' ' -f1 "$sources/version")" = "$release" ] ||
    echo "$rustc is $release, but its sources of std are $(cat "$sources/version")"
}

install_packages() {
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "$1" \
      "run as root, once: apt-get install --no-install-recommends ${packages[*]}"
    as_root=(sudo)
  fi
  echo "sbf-link: installing ${packages[*]}" >&2
  {
    "${as_root[@]}" apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq \
        --no-install-recommends "${packages[@]}"
  } >&2 || fail "$1" "and apt-get cannot install ${packages[*]}"
}

ensure_compiler() {
  local problem
  problem=$(obstacle)
  if [ -n "$problem" ] && [ -z "${SBF_RUSTC:-}" ] && command -v apt-get >/dev/null; then
    install_packages "$problem"
    problem=$(obstacle)
  fi
  [ -z "$problem" ] || fail "$problem" \
    "needed: a rustc with a shared LLVM $llvm_major and the sources of std of its version;" \
    "on Debian 12 the packages ${packages[*]} of the security archive;" \
    "elsewhere set SBF_RUSTC and SBF_CARGO, or build with Agave's cargo build-sbf"
  local version
  version=$("$rustc" -vV)
  rustc_version=$(sed -n 's/^release: //p' <<<"$version")
  llvm_version=$(sed -n 's/^LLVM version: //p' <<<"$version")
  local vendor=""
  [ "$rustc" != /usr/bin/rustc ] || ! command -v dpkg >/dev/null || vendor="Debian "
  compiler="sbf-link: ${vendor}rustc $rustc_version, LLVM $llvm_version"
}

# Nothing of the caller's build may leak into these.
clean_environment() {
  unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER \
    CARGO_BUILD_TARGET CARGO_BUILD_RUSTFLAGS CARGO_TARGET_DIR RUSTUP_TOOLCHAIN
  export RUSTC=$rustc
}

build_tool() {
  (
    clean_environment
    "$cargo" build --quiet --release --locked --manifest-path "$here/Cargo.toml" \
      --package sbf-link --target-dir "$out/tool"
  ) || fail "the linker does not build"
}
