#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "digest.h"
#include "util.h"

static bool sha256_is(const void *data, size_t len, const char *expected)
{
    struct digest digest;
    char hex[SHA256_HEX];
    sha256_init(&digest);
    sha256_add(&digest, data, len);
    sha256_hex(&digest, hex);
    return strcmp(hex, expected) == 0;
}

static bool md5_is(const char *text, const char *expected)
{
    struct digest digest;
    unsigned char out[MD5_SIZE];
    char hex[MD5_HEX];
    md5_init(&digest);
    md5_add(&digest, text, strlen(text));
    md5_end(&digest, out);
    digest_hex(out, sizeof out, hex);
    return strcmp(hex, expected) == 0;
}

/* NIST, "Secure Hash Standard: examples with intermediate values", SHA-256; and SHA256ShortMsg. */
static void test_sha256_vectors(void)
{
    static const struct {
        const char *text, *hex;
    } vectors[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
         "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    for (size_t i = 0; i < countof(vectors); i++)
        CHECK(sha256_is(vectors[i].text, strlen(vectors[i].text), vectors[i].hex));
    char *million = malloc(1000000);
    if (CHECK(million != NULL)) {
        memset(million, 'a', 1000000);
        CHECK(sha256_is(million, 1000000,
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }
    free(million);
}

/* RFC 1321, A.5. */
static void test_md5_vectors(void)
{
    CHECK(md5_is("", "d41d8cd98f00b204e9800998ecf8427e"));
    CHECK(md5_is("a", "0cc175b9c0f1b6a831c399e269772661"));
    CHECK(md5_is("abc", "900150983cd24fb0d6963f7d28e17f72"));
    CHECK(md5_is("message digest", "f96b697d7cb7938d525a2f31aaf161d0"));
    CHECK(md5_is("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"));
    CHECK(md5_is("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                 "d174ab98d277d9f5a5611c2c9f419d9f"));
    CHECK(md5_is("1234567890123456789012345678901234567890"
                 "1234567890123456789012345678901234567890",
                 "57edf4a22be3c955ac49da2e2107b67a"));
}

/* Every length around the borders of blocks, added whole and in chunks of odd sizes. */
static void test_chunks(void)
{
    static const size_t chunks[] = {1, 3, 7, 55, 63, 64, 65, 129};
    unsigned char data[300];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 7 + i / 64);
    for (size_t len = 0; len <= sizeof data; len++) {
        struct digest whole, md5_whole;
        char hex[SHA256_HEX], part_hex[SHA256_HEX];
        unsigned char md5[MD5_SIZE], part_md5[MD5_SIZE];
        sha256_init(&whole);
        sha256_add(&whole, data, len);
        sha256_hex(&whole, hex);
        md5_init(&md5_whole);
        md5_add(&md5_whole, data, len);
        md5_end(&md5_whole, md5);
        for (size_t i = 0; i < countof(chunks); i++) {
            struct digest sha256_part, md5_part;
            sha256_init(&sha256_part);
            md5_init(&md5_part);
            for (size_t at = 0; at < len; at += chunks[i]) {
                size_t n = len - at < chunks[i] ? len - at : chunks[i];
                sha256_add(&sha256_part, data + at, n);
                md5_add(&md5_part, data + at, n);
            }
            sha256_hex(&sha256_part, part_hex);
            md5_end(&md5_part, part_md5);
            CHECK(strcmp(hex, part_hex) == 0 && memcmp(md5, part_md5, sizeof md5) == 0);
        }
    }
}

static void test_file(void)
{
    char path[] = "/tmp/gordon-test-digest-XXXXXX", hex[SHA256_HEX];
    int fd = mkstemp(path);
    if (!CHECK(fd >= 0))
        return;
    CHECK(write(fd, "abc", 3) == 3);
    close(fd);
    CHECK(sha256_file(path, hex));
    CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
    CHECK(unlink(path) == 0);
    CHECK(!sha256_file(path, hex));
}

int main(void)
{
    test_sha256_vectors();
    test_md5_vectors();
    test_chunks();
    test_file();
    return check_result();
}
