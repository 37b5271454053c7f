#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "build/shell.h"
#include "check.h"

enum { SITES_MAX = 8 };

/* In a text, @ stands for a value. In `contexts` is a letter for each: Word, Single, Double,
 * deFault, Comment, Here-document, Raw here-document, or ? if no quoting is certain. */
static const char letters[] = "WSDFCHR?";

static const struct {
    const char *text, *contexts;
} cases[] = {
    {"@ a@b '@' \"@\" a'@'@\"@\"", "WWSDSWD"},
    {"a=@ b='@' >@ 2>>@ <@", "WSWWW"},
    {"\\'@' '@ \\\"@\" \"@", "WWWW"},
    {"'\\'@'\\'@", "WW"},
    {"\"\\\"@\\\\\"@", "DW"},
    {"\"it's @\" '\"'@", "DW"},
    {"\\@ \"\\@\" \\\\@ '\\@'", "??WS"},
    {"a\\\n@ \"a\\\n@\"", "WD"},
    /* comments */
    {"# don't @\n@", "CW"},
    {"a #'@\n@;#\"@\n@&#`@\n(#$(@\n@)", "CWCWCCW"},
    {"a#'@'\n\\#'@'\n''#'@'\n@#'@'", "SSSWS"},
    {"a \\\n# don't @\n@ a\\\n#'@'", "CWS"},
    {"# a \\\n@", "W"},
    {"$#'@' ${#}'@' ${#x}'@' $((16#ff))'@'", "SSSS"},
    /* substitutions */
    {"$(a '@' \"@\" @) \"$(a '@' \"@\" @ # it's @\n)@\"", "SDWSDWCD"},
    {"\"$(a \"$(b '@' \"@\")\" '@')@\"", "SDSD"},
    {"\"$(a (b '@'; (c)) ')' \")\" \\) # )\n'@')@\"", "SSD"},
    {"`a @ '@'` \"`a \\`b @\\` \\\\` \\`@\"", "???D"},
    {"$((1 + @)) $((1 + $(echo '@') + (2)))@", "??W"},
    {"$((echo a); (echo '@'))", "?"},
    {"$( (echo a); (echo '@'))@", "SW"},
    {"${x:-@} ${x-'@'} ${x:+\"@\"} ${x:=a@}", "WSDW"},
    {"\"${x:-@}${x:-${y-@}}\"", "FF"},
    {"${x#@} ${x%%@} ${x/@/a} ${x:@} ${x[@]} ${!x-@} ${*:-@}", "??????W"},
    {"${x#'}'}'@' ${x%\\}}'@'", "SS"},
    {"\"${x%.*}${x##*/}\"'@'", "S"},
    {"\"${x:-'a'}${x:-\"b c\"}@\"@", "DW"},
    {"\"${x:-'@'}\"", "?"},
    {"\"${x:-it's}@\" @", "??"},
    {"\"${x:-\"}\"}@\" @", "??"},
    {"${x:-${y:-'@'}} \"$(a ${x:-'@'})\"", "??"},
    {"\"${x:-a}@\"", "D"},
    {"$@ \"$@\" '$@' $$@ \"$?@\"", "??SWD"},
    {"$[1]'@' \"$[1]\"'@' $['@']", "SS?"},
    {"$'a@' $'\\\\'@ $'\\n'@", "?WW"},
    {"$'it\\'s' @", "?"},
    {"$\"@\" \"$'@'\" $\"a\"@", "DDW"},
    {"${ a; }@ '@'", "??"},
    /* here-documents */
    {"cat <<A '@'\n@ '@' \"@\" \\\\@\nA\n@", "SHHHHW"},
    {"cat <<'A' <<-\"B\" <<\\C @\n$(@\nA\n@`\n\tB\n@\\\nC\n@", "WRRRW"},
    {"cat <<A\n\\@ $@ $(a '@') `@` ${x:-@} $((@))\nA\n'@'", "??????S"},
    {"cat <<A\nB\nA \n@\nAA\n\tA\n@\nA\n@", "HHW"},
    {"cat <<-A\n\tA\n@", "W"},
    {"cat <<A; (b <<B)\n@\nA\n@\nB\n@", "HHW"},
    {"(cat <<A\n@\nA\n) @", "HW"},
    {"$(cat <<A\n@\nA\necho '@') @", "??W"},
    {"$(cat <<A) @\nA\n@", "??"},
    {"cat <<A $(b\n) @\nA\n@", "??"},
    {"cat <<@\na\n@\n", "??"},
    {"cat <<$x @", "?"},
    {"cat <<A\na\\\nA\n@\nA\n@", "??"},
    {"cat <<AB\na\nA\\\nB\n@", "?"},
    {"cat <<A\na\\\\\nA\n@", "W"},
    {"cat <<A\n$(a\nA\n) @", "?"},
    {"cat <<<@ '@'\n@", "WSW"},
    {"cat <<A 'a\n@'\n@\nA\n@", "SHW"},
    {"cat <<A\n@", "H"},
    {"cat <<''\n@\n\n@", "RW"},
    /* case, groups, functions */
    {"\"$(case @ in a) b '@';; (c|@) d;; esac '@')@\"", "WSWSD"},
    {"$(case a in b) case c in d) e;; esac;; esac)'@'", "S"},
    {"$(if case a in b) false;; esac then c; fi; '@')'@'", "SS"},
    {"$(case a in\n# it's )\n b) ;& c) ;;& d) esac)'@'", "S"},
    {"$(echo case in; for case in a; do b; done)'@'", "S"},
    {"$(for x do case a in b) c '@';; esac; done)'@'", "SS"},
    {"$(case a b) '@'", "?"},
    {"$(case a in +(b|c)) d;; esac) '@'", "?"},
    {"$(x=1 case) '@' $(\\case) '@' $(cas\\\ne a in b) '@';; esac) '@'", "SSSS"},
    {"f() { a '@'; }\nf() (a '@')\n! { a '@'; }", "SSS"},
    {"function f { '@'; }", "?"},
    {"a=(b '@' case #'@\n) a+=(c) '@'", "??S"},
    {"$(a=(b) '@')", "?"},
    {"ls !(a) '@'", "?"},
    {"!(a) '@'", "S"},
    {"cat <(a '@') >(b \"@\") @", "SDW"},
    /* other commands of bash */
    {"[[ -e @ && ( a == '@' ) ]] '@'", "WSS"},
    {"[[ a -eq @ ]] @ ; [[ @ -lt 1 ]] ; [[ -v @ ]]", "?W??"},
    {"[[ a =~ b@ ]] '@'", "?S"},
    {"[[ a =~ (#') ]] '@'", "?"},
    {"[[ a == $(b '@') ]] '@'", "?S"},
    {"[ 1 -eq @ ]", "W"},
    {"((x < 1)) '@' ", "?"},
    {"((x = 1)) '@' ; ((y=@)) '@'", "S?S"},
    {"((a) || (b '@'))", "?"},
    {"a[@]=1 '@' a[$(b)]=@ [@] x/[@]", "?SWWW"},
    {"a[\"@\"]=1 a['@'b]=1 a[$(b '@')]=1 '@'", "???S"},
    {"a[1 + @]=1 '@'", "??"},
    {"a=([@]=b [c]=@ [\"@\"]=) [@]", "???W"},
    {"time case a in b) '@'", "?"},
    {"<\\\n<A '@'", "?"},
    {"a &&\\\nb '@' |\\\nc '@'", "SS"},
    /* unclosed: the shell reports it */
    {"'@", "S"},
    {"\"@", "D"},
    {"a ) '@'", "S"},
    {"a ;; '@'", "S"},
    {"\"$(case a in b) c) '@'\"", "D"},
};

/* Returns the letters of the contexts, in static memory. */
static const char *contexts_of(struct arena *arena, const char *text)
{
    static char found[SITES_MAX + 8];
    struct shell_site sites[SITES_MAX + 8] = {0};
    char *marked = arena_strdup(arena, text);
    size_t n = 0;
    for (char *c = marked; (c = strchr(c, '@'));) {
        sites[n++].offset = (size_t)(c - marked);
        *c = '\1';
    }
    shell_read(arena, marked, sites, n);
    for (size_t i = 0; i < n; i++) {
        found[i] = letters[sites[i].context];
        CHECK((sites[i].context == SHELL_UNSURE) == (sites[i].why != NULL));
    }
    found[n] = '\0';
    return found;
}

static void test_deep(struct arena *arena)
{
    static const char *const opens[] = {"(", "$(", "\"$(", "${x:-", "$((", "\"${x-", "((", "[[ ("};
    for (size_t i = 0; i < countof(opens); i++) {
        struct buf text = {0};
        for (int n = 0; n < 100000; n++)
            buf_adds(&text, opens[i]);
        buf_adds(&text, "@");
        CHECK(strcmp(contexts_of(arena, text.data), "?") == 0 || i >= 6);
        buf_free(&text);
    }
}

int main(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < countof(cases); i++) {
        const char *found = contexts_of(arena, cases[i].text);
        if (!CHECK(strcmp(found, cases[i].contexts) == 0))
            fprintf(stderr, "  %s: %s, not %s\n", cases[i].text, found, cases[i].contexts);
    }
    test_deep(arena);
    arena_free(arena);
    return check_result();
}
