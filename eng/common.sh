# Shared by the scripts of this folder: source it. Everything a script says goes through these few words.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script_arguments=("$@")
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '==> %s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "needs root: run it with sudo"; }
need_sdk() {
  command -v dotnet >/dev/null || die "the .NET SDK 10 is missing: see https://dot.net"
  case $(dotnet --version 2>/dev/null) in 1[0-9].*) ;; *) die "the .NET SDK 10 is missing (found: $(dotnet --version 2>&1 | head -1))" ;; esac
}

# apt_install PACKAGE...: installs those that are missing; quiet unless something is done.
apt_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || die "these packages are missing, and installing them needs root: ${missing[*]}"
  command -v apt-get >/dev/null || die "these packages are missing, and there is no apt-get: ${missing[*]}"
  say "installing ${missing[*]}"
  local log; log=$(mktemp)
  { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; }
  } >"$log" 2>&1 || { tail -5 "$log" >&2; rm -f "$log"; die "could not install ${missing[*]}"; }
  rm -f "$log"
}

# apt_unpack FOLDER PACKAGE...: their files into a folder, for what would change the machine's own settings if it were installed.
apt_unpack() {
  local folder=$1 download package; shift
  [ ! -d "$folder" ] || return 0
  download=$(mktemp -d)
  if (cd "$download" && { apt-get download -qq "$@" || { apt-get update -qq; apt-get download -qq "$@"; }; } >/dev/null 2>&1); then
    rm -rf "$folder.new"; mkdir -p "$folder.new"
    for package in "$download"/*.deb; do dpkg -x "$package" "$folder.new"; done
    mv "$folder.new" "$folder" # whole or not at all
  else
    say "could not fetch $*: tests that need it are skipped"
  fi
  rm -rf "$download"
}

# apt_unpack_whole FOLDER PACKAGE...: the same with whatever they depend on and this machine lacks, laid out as an installed
# system's root (/lib is a link there). It has to succeed.
apt_unpack_whole() {
  local folder=$1 packages part; shift
  [ ! -d "$folder" ] || return 0
  # shellcheck disable=SC2207 # names of packages
  packages=($(apt-get install -s --no-install-recommends "$@" 2>/dev/null | awk '$1 == "Inst" { print $2 }' | sort -u))
  apt_unpack "$folder" "${packages[@]}"
  [ -d "$folder" ] || die "could not fetch $*"
  for part in bin sbin lib lib64; do
    [ ! -d "$folder/$part" ] || { mkdir -p "$folder/usr"; cp -al "$folder/$part" "$folder/usr/"; rm -rf "${folder:?}/$part"; }
  done
}

# in_box_root FOLDER: runs the calling script anew with BOX_ROOT (tests/box/enter), a copy of the folder in memory that goes with it:
# a folder on the root file system cannot lie over the root file system.
in_box_root() {
  [ -z "${BOX_ROOT:-}" ] || return 0
  exec unshare --mount --propagation private bash -c '
    folder=$1; shift
    export BOX_ROOT=/dev/shm
    mount -t tmpfs tmpfs $BOX_ROOT && cp -a "$folder/." $BOX_ROOT/ && exec "$@"' - "$1" "$0" "${script_arguments[@]}"
}

# boot_root FOLDER [RELEASE]: a small Debian with systemd to boot in a container, from this machine's mirror and of its release, or of
# the one named. Minutes the first time, and nothing after that.
boot_root() {
  local folder=$1 site release
  local packages=systemd,systemd-sysv,dbus,libpam-systemd,polkitd,iproute2,nftables,iptables,kmod,procps,util-linux,libsqlite3-0,udhcpc
  ! is_made_of "$folder" "$packages" || return 0
  read -r site release < <(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages') || true
  make_root "$folder" "$packages" debootstrap --variant=minbase --include="$packages" "${2:-$release}" "$folder.new" "$site"
}

# grown_root FOLDER BASE PACKAGE...: a copy of another root with more packages, which takes a third of the time of a new one.
grown_root() {
  local folder=$1 base=$2 packages; shift 2
  [ -d "$base" ] || return 0 # said
  packages="$(cat "$base/etc/made-of") $*"
  is_made_of "$folder" "$packages" || make_root "$folder" "$packages" grow "$base" "$folder.new" "$@"
}

# grow BASE FOLDER PACKAGE...
grow() {
  local base=$1 folder=$2; shift 2
  cp -a "$base" "$folder" && cp /etc/resolv.conf "$folder/etc/resolv.conf" &&
    DEBIAN_FRONTEND=noninteractive LC_ALL=C chroot "$folder" sh -euc '
      apt-get update -qq
      apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "$@"
      apt-get clean' grow "$@"
}

is_made_of() { [ "$(cat "$1/etc/made-of" 2>/dev/null)" = "$2" ]; }

# make_root FOLDER PACKAGES COMMAND...: a command makes FOLDER.new of these packages; whole or not at all.
make_root() {
  local folder=$1 packages=$2 log; shift 2
  [ "$(id -u)" = 0 ] || { say "making $folder needs root: tests that need it are skipped"; return 0; }
  say "making a small Debian in $folder"
  rm -rf --one-file-system "$folder" "$folder.new"; log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    echo "$packages" >"$folder.new/etc/made-of"
    mv "$folder.new" "$folder"
  else
    tail -3 "$log" >&2
    say "could not make it: tests that need it are skipped"
  fi
  rm -f "$log"
}

# lay_out FOLDER PROGRAMS PACKAGE...: what packaging/files lists for these packages, below a folder. What is there below /etc stays.
lay_out() {
  local folder=$1 programs=$2 mode source target package; shift 2
  while read -r mode source target package; do
    [[ " $* " == *" $package "* ]] || continue
    case $source in programs/*) source=$programs/${source#programs/} ;; *) source=$root/$source ;; esac
    [[ $target == /etc/* && -e $folder$target ]] || install -Dm "$mode" "$source" "$folder$target"
  done < <(grep -v '^#' "$root/packaging/files")
}

# own_architecture: what Debian calls this machine's.
own_architecture() { dpkg --print-architecture 2>/dev/null || uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/'; }

# triplet ARCHITECTURE: what the tools for it are called by; those that programs are made for and tried on.
triplet() {
  case $1 in
    amd64) echo x86_64-linux-gnu ;;
    arm64) echo aarch64-linux-gnu ;;
    *) die "nothing is made for $1: amd64 and arm64 are tried" ;;
  esac
}

# What publishing and running need.
runtime_packages=(iproute2 nftables libsqlite3-0)
build_packages=(gcc libc6-dev zlib1g-dev)
