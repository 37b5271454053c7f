#define ZLIB_CONST /* stream.next_in is a pointer to const */
#include <string.h>
#include <zlib.h>

#include "archive/zip_look.h"
#include "archive/zip_record.h"
#include "base/util.h"

enum {
    STORED = 0,
    DEFLATED = 8,
    COMMENT_MAX = 65535,
    CONTENT_MAX = 1000 * 1000 * 1000, /* no jar is larger; a hostile one must not use up memory */
};

/* Takes the fields of the end record at `offset`. */
static bool take_end(struct zip_look *look, size_t offset)
{
    const unsigned char *end = look->data + offset;
    uint64_t size = zip_get32(end + 12), directory = zip_get32(end + 16);
    if (size == ZIP_SIZE_MAX || directory == ZIP_SIZE_MAX || directory + size > offset)
        return false;
    look->end = offset;
    look->at = offset - (size_t)size;
    look->shift = look->at - directory;
    return true;
}

bool zip_look_begin(struct zip_look *look, const void *data, size_t len)
{
    *look = (struct zip_look){.data = data, .len = len};
    size_t most = len < END_SIZE + COMMENT_MAX ? len : END_SIZE + COMMENT_MAX;
    for (size_t rest = END_SIZE; rest <= most; rest++) {
        const unsigned char *end = look->data + len - rest;
        if (zip_get32(end) == END_SIGNATURE && zip_get16(end + END_COMMENT_LEN) == rest - END_SIZE)
            return take_end(look, len - rest);
    }
    return false;
}

bool zip_look_next(struct zip_look *look, struct zip_seen *seen)
{
    const unsigned char *p = look->data + look->at;
    if (look->end - look->at < CENTRAL_SIZE || zip_get32(p) != CENTRAL_SIGNATURE)
        return false;
    size_t name = zip_get16(p + CENTRAL_NAME_LEN);
    size_t len = CENTRAL_SIZE + name + zip_get16(p + 30) + zip_get16(p + 32);
    if (len > look->end - look->at)
        return false;
    *seen = (struct zip_seen){
        .name = (const char *)p + CENTRAL_SIZE,
        .name_len = name,
        .method = zip_get16(p + 10),
        .compressed = zip_get32(p + 20),
        .size = zip_get32(p + 24),
        .offset = zip_get32(p + CENTRAL_OFFSET),
    };
    look->at += len;
    return true;
}

const unsigned char *zip_look_inflate(struct arena *arena, const unsigned char *data, size_t packed,
                                      size_t size)
{
    z_stream stream = {.next_in = data, .avail_in = (uInt)packed};
    if (packed > CONTENT_MAX || size > CONTENT_MAX || size / ZIP_DEFLATE_MOST > packed)
        return NULL;
    unsigned char *content = arena_alloc(arena, size + 1);
    int status = inflateInit2(&stream, -MAX_WBITS); /* negative: without zlib's own header */
    if (status != Z_OK) /* its arguments are valid, so memory is all that can be missing */
        fatal_memory();
    stream.next_out = content;
    stream.avail_out = (uInt)size;
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == size;
    inflateEnd(&stream);
    return whole ? content : NULL;
}

const unsigned char *zip_look_content(struct arena *arena, const struct zip_look *look,
                                      const struct zip_seen *seen)
{
    uint64_t local = look->shift + seen->offset;
    if (local + LOCAL_SIZE > look->len)
        return NULL;
    const unsigned char *header = look->data + local;
    uint64_t from = local + LOCAL_SIZE + zip_get16(header + 26) + zip_get16(header + 28);
    if (zip_get32(header) != LOCAL_SIGNATURE || from + seen->compressed > look->len)
        return NULL;
    if (seen->method == STORED)
        return seen->compressed == seen->size ? look->data + from : NULL;
    return seen->method == DEFLATED
               ? zip_look_inflate(arena, look->data + from, seen->compressed, seen->size)
               : NULL;
}
