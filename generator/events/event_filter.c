#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/moment.h"
#include "base/util.h"
#include "events/event_filter.h"

static const char *text_of(const json_t *value)
{
    return json_string_value(value);
}

static json_t *json_of(struct buf *buf)
{
    json_t *json = json_stringn(buf->data ? buf->data : "", buf->len);
    buf_free(buf);
    return json;
}

/* --- texts and numbers -------------------------------------------------------------------- */

static json_t *to_text(const json_t *value)
{
    struct buf out = {0};
    buf_printf(&out, "%lld", (long long)json_integer_value(value));
    return json_of(&out);
}

static json_t *to_null(const json_t *value)
{
    bool empty = json_is_object(value) ? !json_object_size(value) : !*text_of(value);
    return empty ? json_null() : json_incref((json_t *)value);
}

static json_t *to_number(const json_t *value)
{
    const char *text = text_of(value);
    bool ok = str_is_made_of(text, STR_DIGITS) && strlen(text) <= 18;
    return ok ? json_integer(strtoll(text, NULL, 10)) : NULL;
}

static json_t *to_json(const json_t *value)
{
    const char *text = text_of(value);
    return *text ? json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL) : json_null();
}

static json_t *to_size(const json_t *value)
{
    return json_integer((json_int_t)json_string_length(value));
}

static json_t *to_base64(const json_t *value)
{
    struct buf out = {0};
    base64_encode(text_of(value), json_string_length(value), &out);
    return json_of(&out);
}

static json_t *to_md5(const json_t *value)
{
    struct digest digest;
    unsigned char bytes[MD5_SIZE];
    char hex[MD5_HEX];
    md5_init(&digest);
    md5_add(&digest, text_of(value), json_string_length(value));
    md5_end(&digest, bytes);
    digest_hex(bytes, MD5_SIZE, hex);
    return json_string(hex);
}

/* S3 encodes keys as a form does: a blank is '+', and '/' stays. */
static json_t *to_urlencode(const json_t *value)
{
    struct buf out = {0};
    for (const char *c = text_of(value); *c; c++) {
        if (strchr(STR_ALNUM "-._*/", *c))
            buf_add(&out, c, 1);
        else if (*c == ' ')
            buf_adds(&out, "+");
        else
            buf_printf(&out, "%%%02X", (unsigned char)*c);
    }
    return json_of(&out);
}

/* --- times -------------------------------------------------------------------------------- */

static json_t *to_milliseconds(const json_t *value)
{
    long long moment;
    return moment_read(text_of(value), moment_now(), &moment) ? json_integer(moment) : NULL;
}

static json_t *to_seconds(const json_t *value)
{
    long long moment;
    return moment_read(text_of(value), moment_now(), &moment) ? json_integer(moment / 1000) : NULL;
}

static json_t *format_time(const json_t *value, const char *format)
{
    long long moment;
    char text[MOMENT_TEXT];
    struct tm parts;
    if (!moment_read(text_of(value), moment_now(), &moment))
        return NULL;
    time_t seconds = (time_t)(moment / 1000);
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, format, &parts);
    return json_string(text);
}

static json_t *to_iso(const json_t *value)
{
    return format_time(value, "%Y-%m-%dT%H:%M:%SZ");
}

/* The common log format of web servers. */
static json_t *to_clf(const json_t *value)
{
    return format_time(value, "%d/%b/%Y:%H:%M:%S +0000");
}

static json_t *to_precise(const json_t *value)
{
    long long moment;
    char text[MOMENT_TEXT];
    if (!moment_read(text_of(value), moment_now(), &moment))
        return NULL;
    return json_string(moment_write(text, moment));
}

/* --- query strings ------------------------------------------------------------------------ */

static int digit(char c)
{
    const char *digits = "0123456789abcdef",
               *at = strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
    return c && at ? (int)(at - digits) : -1;
}

/* Returns a part of a query string (new), NULL if its bytes are not UTF-8. */
static json_t *query_part(const char *text, size_t len, bool decode)
{
    struct buf out = {0};
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (decode && c == '+') {
            c = ' ';
        } else if (decode && c == '%' && len - i > 2 && digit(text[i + 1]) >= 0 &&
                   digit(text[i + 2]) >= 0) {
            c = (char)(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        }
        buf_add(&out, &c, 1);
    }
    return json_of(&out);
}

/* Returns each name of a query string with the list of its values, in their order. */
static json_t *query_lists(const json_t *value, bool decode)
{
    json_t *lists = json_object();
    bool ok = true;
    for (const char *c = text_of(value); ok && *c; c += *c == '&') {
        size_t len = strcspn(c, "&"), name_len = strcspn(c, "=&");
        json_t *name = query_part(c, name_len, decode);
        size_t begin = name_len < len ? name_len + 1 : len;
        json_t *item = query_part(c + begin, len - begin, decode);
        json_t *list = name ? json_object_get(lists, json_string_value(name)) : NULL;
        ok = name && item;
        if (ok && !list && len) {
            list = json_array();
            json_object_set_new(lists, json_string_value(name), list);
        }
        if (ok && len)
            json_array_append(list, item);
        json_decref(name);
        json_decref(item);
        c += len;
    }
    if (ok)
        return lists;
    json_decref(lists);
    return NULL;
}

/* Makes one text of each list (stolen): all values with commas, or the last one. */
static json_t *query_flat(json_t *lists, bool joined)
{
    json_t *flat = lists ? json_object() : NULL, *list, *item;
    const char *name;
    json_object_foreach(lists, name, list) {
        struct buf out = {0};
        size_t i;
        json_array_foreach(list, i, item) {
            if (joined)
                buf_add_item(&out, ",", json_string_value(item));
            else if (i + 1 == json_array_size(list))
                buf_adds(&out, json_string_value(item));
        }
        json_object_set_new(flat, name, json_of(&out));
    }
    json_decref(lists);
    return flat;
}

static json_t *to_lists(const json_t *value)
{
    return query_lists(value, true);
}

static json_t *to_query(const json_t *value)
{
    return query_flat(query_lists(value, true), false);
}

static json_t *to_undecoded(const json_t *value)
{
    return query_flat(query_lists(value, false), false);
}

static json_t *to_joined(const json_t *value)
{
    return query_flat(query_lists(value, true), true);
}

/* --- the table ---------------------------------------------------------------------------- */

#define A_TIME  "a time such as 2026-11-23T10:00"
#define A_QUERY "a query string of UTF-8, such as a=1&b=2"

static const struct {
    const char *name;
    json_t *(*make)(const json_t *value);
    const char *wanted;
} filters[] = {
    {"base64", to_base64, ""},
    {"clf", to_clf, A_TIME},
    {"iso", to_iso, A_TIME},
    {"joined", to_joined, A_QUERY},
    {"json", to_json, "JSON"},
    {"lists", to_lists, A_QUERY},
    {"md5", to_md5, ""},
    {"milliseconds", to_milliseconds, A_TIME},
    {"null", to_null, ""},
    {"number", to_number, "a whole number"},
    {"precise", to_precise, A_TIME},
    {"query", to_query, A_QUERY},
    {"seconds", to_seconds, A_TIME},
    {"size", to_size, ""},
    {"text", to_text, ""},
    {"undecoded", to_undecoded, A_QUERY},
    {"urlencode", to_urlencode, ""},
};

json_t *event_filter(const char *name, size_t len, const json_t *value, const char **wanted)
{
    for (size_t i = 0; i < countof(filters); i++) {
        if (strlen(filters[i].name) != len || strncmp(filters[i].name, name, len) != 0)
            continue;
        *wanted = filters[i].wanted;
        return filters[i].make(value);
    }
    fatal("there is no filter '%.*s' of events", (int)len, name);
}
