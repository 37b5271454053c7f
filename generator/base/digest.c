#include <string.h>

#include "base/digest.h"
#include "base/fd.h"
#include "base/file.h"

typedef void transform_fn(uint32_t h[8], const unsigned char block[64]);

static uint32_t rotl(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static uint32_t rotr(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64
 * primes. */
static const uint32_t sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* FIPS 180-4, 6.2.2. */
static void sha256_transform(uint32_t h[8], const unsigned char block[64])
{
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + choice + sha256_k[i] + w[i];
        uint32_t s0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + s0 + majority;
    }
    for (int i = 0; i < 8; i++)
        h[i] += v[i];
}

/* RFC 1321, 3.4: 4294967296 times abs(sin(i)), i from 1. */
static const uint32_t md5_t[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* RFC 1321, 3.4: the four rounds differ in their function, their order of words and their shifts.
 */
static void md5_transform(uint32_t h[8], const unsigned char block[64])
{
    static const int shifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    static const int step[4][2] = {{1, 0}, {5, 1}, {3, 5}, {7, 0}}; /* word: factor and offset */
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    for (int i = 0; i < 64; i++) {
        int round = i / 16, word = (step[round][0] * i + step[round][1]) % 16;
        uint32_t f = round == 0   ? (b & c) | (~b & d)
                     : round == 1 ? (b & d) | (c & ~d)
                     : round == 2 ? b ^ c ^ d
                                  : c ^ (b | ~d);
        uint32_t x = (uint32_t)block[4 * word] | (uint32_t)block[4 * word + 1] << 8 |
                     (uint32_t)block[4 * word + 2] << 16 | (uint32_t)block[4 * word + 3] << 24;
        uint32_t sum = a + f + x + md5_t[i];
        a = d, d = c, c = b;
        b += rotl(sum, shifts[round][i % 4]);
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

static void add(struct digest *digest, const void *data, size_t len, transform_fn *transform)
{
    const unsigned char *bytes = data;
    size_t used = digest->bytes % 64;
    digest->bytes += len;
    if (used) {
        size_t n = len < 64 - used ? len : 64 - used;
        memcpy(digest->block + used, bytes, n);
        bytes += n, len -= n;
        if (used + n < 64)
            return;
        transform(digest->h, digest->block);
    }
    for (; len >= 64; bytes += 64, len -= 64)
        transform(digest->h, bytes);
    if (len)
        memcpy(digest->block, bytes, len);
}

/* Adds a 1 bit, zeros and the length in bits: big-endian for SHA-256, little-endian for MD5. */
static void pad(struct digest *digest, transform_fn *transform, bool big_endian)
{
    uint64_t bits = digest->bytes * 8;
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[big_endian ? 7 - i : i] = (unsigned char)(bits >> (8 * i));
    add(digest, "\x80", 1, transform);
    while (digest->bytes % 64 != 56)
        add(digest, "", 1, transform);
    add(digest, length, 8, transform);
}

void digest_hex(const unsigned char *bytes, size_t n, char *hex)
{
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

void sha256_init(struct digest *digest)
{
    *digest = (struct digest){.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                    0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct digest *digest, const void *data, size_t len)
{
    add(digest, data, len, sha256_transform);
}

void sha256_hex(struct digest *digest, char hex[SHA256_HEX])
{
    unsigned char out[SHA256_SIZE];
    pad(digest, sha256_transform, true);
    for (int i = 0; i < SHA256_SIZE; i++)
        out[i] = (unsigned char)(digest->h[i / 4] >> (24 - 8 * (i % 4)));
    digest_hex(out, SHA256_SIZE, hex);
}

void md5_init(struct digest *digest)
{
    *digest = (struct digest){.h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void md5_add(struct digest *digest, const void *data, size_t len)
{
    add(digest, data, len, md5_transform);
}

void md5_end(struct digest *digest, unsigned char out[MD5_SIZE])
{
    pad(digest, md5_transform, false);
    for (int i = 0; i < MD5_SIZE; i++)
        out[i] = (unsigned char)(digest->h[i / 4] >> (8 * (i % 4)));
}

void sha256_text(const char *text, char hex[SHA256_HEX])
{
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, text, strlen(text));
    sha256_hex(&digest, hex);
}

static void add_block(void *digest, const void *block, size_t len)
{
    sha256_add(digest, block, len);
}

bool sha256_file(const char *path, char hex[SHA256_HEX])
{
    int fd = file_open(path);
    if (fd < 0)
        return false;
    struct digest digest;
    sha256_init(&digest);
    bool ok = fd_each_block(fd, add_block, &digest);
    fd_drop(fd);
    sha256_hex(&digest, hex);
    return ok;
}
