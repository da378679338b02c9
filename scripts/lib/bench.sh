# What the benches of the whole service share. To be sourced; the caller sets $here, the folder of the scripts.

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
fail() { say "$*"; exit 1; }

# Installs packages whose programs of the same name are missing; `redis-server` is one.
install_missing() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null && continue
        say "installing $program"
        if [[ $(id -u) = 0 ]]; then apt-get install -y -qq "$program" >/dev/null
        else sudo apt-get install -y -qq "$program" >/dev/null; fi
    done
}

# Sets $watchlight: the program that $WATCHLIGHT_BIN names, or one that is built.
find_watchlight() {
    watchlight=${WATCHLIGHT_BIN:-}
    [[ -z $watchlight ]] || return 0
    cargo build --release --bin watchlight
    watchlight=$(cargo metadata --format-version 1 --no-deps | grep -oE '"target_directory":"[^"]*"' | cut -d'"' -f4)
    watchlight+=/release/watchlight
}

print_machine() { printf 'machine: %s, %s processors\n' "$(lscpu | sed -nE 's/^Model name: +//p' | head -n 1)" "$(nproc)"; }

# Waits up to so many seconds for a command to succeed.
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

# Ends what this script has started and noted in $running, by its process id.
running=()
end_all() {
    local pid
    for pid in "${running[@]}"; do
        kill "$pid" 2>/dev/null || continue
        wait "$pid" 2>/dev/null || true
    done
    running=()
}
