/* digest.h - SHA-256 (FIPS 180-4), which names content, and MD5 (RFC 1321), which S3 returns as the
 * ETag of an upload. MD5 is never used where an attacker could profit from a collision. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for uint32_t */

enum { SHA256_SIZE = 32, SHA256_HEX = 65, MD5_SIZE = 16, MD5_HEX = 33 };

/* The state of one digest. Do not mix the functions of SHA-256 and MD5 on it. */
struct digest {
    uint32_t h[8];
    uint64_t bytes;
    unsigned char block[64];
};

void sha256_init(struct digest *digest);
void sha256_add(struct digest *digest, const void *data, size_t len);
/* Ends the digest and writes it as lower-case hexadecimal digits and a NUL. */
void sha256_hex(struct digest *digest, char hex[SHA256_HEX]);

void md5_init(struct digest *digest);
void md5_add(struct digest *digest, const void *data, size_t len);
/* Ends the digest and writes its bytes. */
void md5_end(struct digest *digest, unsigned char out[MD5_SIZE]);

/* Writes `n` bytes as lower-case hexadecimal digits and a NUL. */
void digest_hex(const unsigned char *bytes, size_t n, char *hex);
/* The SHA-256 of a NUL-terminated text. */
void sha256_text(const char *text, char hex[SHA256_HEX]);
/* The SHA-256 of a file. Returns false with errno if it cannot be read. */
bool sha256_file(const char *path, char hex[SHA256_HEX]);

#endif
