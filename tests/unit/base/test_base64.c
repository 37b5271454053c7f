#include <string.h>

#include "base/base64.h"
#include "base/util.h"
#include "check.h"

/* Returns whether `text` is decoded to these bytes, and they are encoded to `text`. NULL: it must
 * be refused. */
static bool is(const char *text, const char *bytes, size_t len)
{
    struct buf out = {0};
    bool ok = base64_decode(text, &out);
    bool same =
        ok ? bytes && out.len == len && (!len || memcmp(out.data, bytes, len) == 0) : !bytes;
    if (ok && bytes) {
        struct buf text_again = {0};
        base64_encode(out.data, out.len, &text_again);
        same = same && strcmp(text_again.data ? text_again.data : "", text) == 0;
        buf_free(&text_again);
    }
    buf_free(&out);
    return same;
}

/* RFC 4648, section 10. */
static void test_vectors(void)
{
    CHECK(is("", "", 0));
    CHECK(is("Zg==", "f", 1));
    CHECK(is("Zm8=", "fo", 2));
    CHECK(is("Zm9v", "foo", 3));
    CHECK(is("Zm9vYg==", "foob", 4));
    CHECK(is("Zm9vYmE=", "fooba", 5));
    CHECK(is("Zm9vYmFy", "foobar", 6));
    CHECK(is("AAD/+/8=", "\0\0\xFF\xFB\xFF", 5));
}

static void test_wrong(void)
{
    static const char *const wrong[] = {"Z",    "Zg",       "Zg=",  "Zm9",        "====", "Z===",
                                        "Zg=v", "Zg==Zm9v", "Zm9-", "Zm9vYg==\n", "é==",  " Zg=="};
    for (size_t i = 0; i < countof(wrong); i++)
        if (!CHECK(is(wrong[i], NULL, 0)))
            fprintf(stderr, "  '%s'\n", wrong[i]);
}

int main(void)
{
    test_vectors();
    test_wrong();
    return check_result();
}
