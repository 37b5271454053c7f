#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/util.h"
#include "check.h"

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

/* NIST, "SHA-256 test data: additional vectors" (FIPS 180-2 Change Notice): one repeated byte, with
 * lengths around those for which the padding needs another block; and the first three messages of
 * SHA256ShortMsg.rsp of CAVP's shabytetestvectors. */
static void test_sha256_repeated(void)
{
    static const struct {
        unsigned char byte;
        size_t len;
        const char *hex;
    } vectors[] = {
        {0xbd, 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"},
        {0, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"},
        {0, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"},
        {0, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"},
        {0, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"},
        {0, 1000, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"},
        {'A', 1000, "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4"},
        {'U', 1005, "f4d62ddec0f3dd90ea1380fa16a5ff8dc4c54b21740650f24afc4120903552b0"},
        {0, 1000000, "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025"},
        {0xd3, 1, "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"},
    };
    char *data = malloc(1000000);
    for (size_t i = 0; CHECK(data != NULL) && i < countof(vectors); i++) {
        memset(data, vectors[i].byte, vectors[i].len);
        CHECK(sha256_is(data, vectors[i].len, vectors[i].hex));
    }
    free(data);
    CHECK(sha256_is("\xc9\x8c\x8e\x55", 4,
                    "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"));
    CHECK(sha256_is("\x11\xaf", 2,
                    "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"));
    CHECK(sha256_is("\xb4\x19\x0e", 3,
                    "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2"));
}

/* Digests the last three digests 1000 times. Writes the last digest to `seed`. */
static void monte_carlo(unsigned char seed[SHA256_SIZE], char hex[SHA256_HEX])
{
    unsigned char last[3 * SHA256_SIZE];
    for (size_t i = 0; i < 3; i++)
        memcpy(last + i * SHA256_SIZE, seed, SHA256_SIZE);
    for (int i = 0; i < 1000; i++) {
        struct digest digest;
        sha256_init(&digest);
        sha256_add(&digest, last, sizeof last);
        sha256_hex(&digest, hex);
        memmove(last, last + SHA256_SIZE, 2 * SHA256_SIZE);
        for (size_t k = 0; k < SHA256_SIZE; k++)
            sscanf(hex + 2 * k, "%2hhx", last + 2 * SHA256_SIZE + k);
    }
    memcpy(seed, last + 2 * SHA256_SIZE, SHA256_SIZE);
}

/* NIST, "The Secure Hash Algorithm Validation System (SHAVS)", 6.4, with the seed and the first,
 * the second and the last digest of SHA256Monte.rsp. */
static void test_sha256_monte_carlo(void)
{
    static const struct {
        int count;
        const char *hex;
    } expected[] = {
        {0, "e93c330ae5447738c8aa85d71a6c80f2a58381d05872d26bdd39f1fcd4f2b788"},
        {1, "2e78f8c8772ea7c9331d41ed3f9cdf27d8f514a99342ee766ee3b8b0d0b121c0"},
        {99, "6a912ba4188391a78e6f13d88ed2d14e13afce9db6f7dcbf4a48c24f3db02778"},
    };
    unsigned char seed[SHA256_SIZE] = {0x6d, 0x1e, 0x72, 0xad, 0x03, 0xdd, 0xeb, 0x5d,
                                       0xe8, 0x91, 0xe5, 0x72, 0xe2, 0x39, 0x6f, 0x8d,
                                       0xa0, 0x15, 0xd8, 0x99, 0xef, 0x0e, 0x79, 0x50,
                                       0x31, 0x52, 0xd6, 0x01, 0x0a, 0x3f, 0xe6, 0x91};
    size_t checked = 0;
    for (int i = 0; i < 100; i++) {
        char hex[SHA256_HEX];
        monte_carlo(seed, hex);
        if (expected[checked].count == i)
            CHECK(strcmp(hex, expected[checked++].hex) == 0);
    }
    CHECK(checked == countof(expected));
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

/* Every length around the size of blocks, added at once and in chunks of odd sizes. */
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
    test_sha256_repeated();
    test_sha256_monte_carlo();
    test_md5_vectors();
    test_chunks();
    test_file();
    return check_result();
}
