# Installs what Gordon is built, tested and shown with, where it is missing: on Debian and Ubuntu, as
# root or with sudo. Elsewhere it says what is missing, and in which package Debian has it.
#
#     . tests/setup.sh
#     setup build python node
#
# What is there already is used, wherever it came from: the question is whether it works, and not
# whether it is a package.

setup_missing=
setup_packages=

# need NAME PACKAGE TEST...: notes both when TEST does not succeed.
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
    echo "#include <$1>" | cc -E -x c - || # without pkg-config's help, and with it
        echo "#include <$1>" | cc -E -x c $(pkg-config --cflags "$2") -
}

cmake_is_new_enough() {
    cmake --version |
        awk 'NR == 1 { split($3, v, "."); new = v[1] > 3 || (v[1] == 3 && v[2] >= 25) } END { exit !new }'
}

# Finds out what of these groups is missing.
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
                ;;
            tests)
                need ccache ccache command -v ccache
                need bwrap bubblewrap command -v bwrap
                ;;
            git) need git git command -v git ;;
        esac
    done
}

# Runs a command that is only worth reading when it fails.
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
    # Only what is named: recommended packages are half of Debian.
    setup_quietly $setup_sudo apt-get update -q &&
        setup_quietly $setup_sudo env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends $setup_packages || exit 1
    setup_look "$@"
    [ -z "$setup_missing" ] && return
    echo "These are still missing, or too old in this release:$setup_missing" >&2
    exit 1
}
