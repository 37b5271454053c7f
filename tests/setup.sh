# Installs the missing programs and libraries for builds, tests and the demo: on Debian and Ubuntu, as
# root or with sudo. On other systems it prints what is missing, and the names of Debian's packages.
#
#     . tests/setup.sh
#     setup build python node
#
# It tests whether a program or library works, and not whether a package is installed.

setup_missing=
setup_packages=

# need NAME PACKAGE TEST...: adds both to the missing ones if TEST fails.
need() {
    setup_name=$1 setup_package=$2
    shift 2
    "$@" > /dev/null 2>&1 && return
    setup_missing="$setup_missing
  $setup_name ($setup_package)"
    case " $setup_packages " in
        *" $setup_package "*) ;;
        *) setup_packages="$setup_packages $setup_package" ;;
    esac
}

cc_has() {
    echo "#include <$1>" | cc -E -x c - || # without pkg-config, and with it
        echo "#include <$1>" | cc -E -x c $(pkg-config --cflags "$2") -
}

cmake_is_new_enough() {
    cmake --version |
        awk 'NR == 1 { split($3, v, "."); new = v[1] > 3 || (v[1] == 3 && v[2] >= 25) } END { exit !new }'
}

clang_version() {
    echo __clang_major__ | clang -E -P -x c -
}

clang_has_fuzzer() {
    echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=fuzzer,address -x c -o /dev/null -
}

# Lists what is missing of these groups.
setup_look() {
    setup_missing=
    setup_packages=
    for setup_group in "$@"; do
        case $setup_group in
            build)
                need 'a C compiler' build-essential sh -c 'echo "int x;" | cc -c -x c -o /dev/null -'
                need 'a C library' build-essential cc_has stdio.h libc
                need make build-essential command -v make
                need 'cmake, 3.25 or newer' cmake cmake_is_new_enough
                need ninja ninja-build command -v ninja
                need pkg-config pkg-config command -v pkg-config
                need libyaml libyaml-dev cc_has yaml.h yaml-0.1
                need jansson libjansson-dev cc_has jansson.h jansson
                need zlib zlib1g-dev cc_has zlib.h zlib
                need libarchive libarchive-dev cc_has archive.h libarchive
                need libmicrohttpd libmicrohttpd-dev cc_has microhttpd.h libmicrohttpd
                ;;
            python)
                need 'python, 3.10 or newer' python3 \
                    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'
                need "python's venv" python3-venv python3 -c 'import ensurepip, venv'
                need pip python3-pip sh -c 'command -v pip || command -v pip3'
                ;;
            node)
                need node nodejs command -v node
                need npm npm command -v npm
                ;;
            languages)
                need 'a JDK' default-jdk-headless command -v javac
                need mvn maven command -v mvn
                need gradle gradle command -v gradle
                need go golang-go command -v go
                need cargo cargo command -v cargo
                need ruby ruby command -v ruby
                need bundler ruby-bundler ruby -e 'require "bundler"'
                ;;
            tests)
                need ccache ccache command -v ccache
                need bwrap bubblewrap command -v bwrap
                need clang clang command -v clang
                if command -v clang > /dev/null; then
                    need "clang's libFuzzer" "libclang-rt-$(clang_version)-dev" clang_has_fuzzer
                fi
                ;;
            git) need git git command -v git ;;
        esac
    done
}

# Runs a command, and prints its output only if it fails.
setup_quietly() {
    setup_log=$(mktemp)
    if "$@" > "$setup_log" 2>&1; then
        rm -f "$setup_log"
    else
        echo "failed: $*" >&2
        cat "$setup_log" >&2
        rm -f "$setup_log"
        return 1
    fi
}

setup() {
    setup_look "$@"
    [ -n "$setup_missing" ] || return 0
    setup_sudo=
    if [ "$(id -u)" != 0 ]; then
        setup_sudo=sudo
    fi
    if ! command -v apt-get > /dev/null || { [ -n "$setup_sudo" ] && ! command -v sudo > /dev/null; }
    then
        echo "These are missing, and only root on Debian or Ubuntu can have them installed from here." >&2
        echo "In brackets are the packages that Debian has them in:$setup_missing" >&2
        exit 1
    fi
    echo "Installing$setup_packages"
    setup_quietly $setup_sudo apt-get update -q || exit 1
    # Twice, because the name of a package may have the version of another one. Without recommended
    # packages, because these are many.
    for setup_round in first second; do
        setup_quietly $setup_sudo env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends $setup_packages || exit 1
        setup_look "$@"
        [ -z "$setup_missing" ] && return
    done
    echo "These are still missing, or too old in this release:$setup_missing" >&2
    exit 1
}
