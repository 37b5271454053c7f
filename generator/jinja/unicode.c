#include <wctype.h>

#include "base/util.h"
#include "jinja/rendering.h"
#include "jinja/unicode.h"

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n && ranges[i].first <= c; i++)
        if (c <= ranges[i].last)
            return true;
    return false;
}

const char *unicode_next(const char *text, uint32_t *c)
{
    const unsigned char *t = (const unsigned char *)text;
    if (t[0] < 0x80) {
        *c = t[0];
        return text + 1;
    }
    if (t[0] < 0xE0) {
        *c = (t[0] & 0x1Fu) << 6 | (t[1] & 0x3Fu);
        return text + 2;
    }
    if (t[0] < 0xF0) {
        *c = (t[0] & 0x0Fu) << 12 | (t[1] & 0x3Fu) << 6 | (t[2] & 0x3Fu);
        return text + 3;
    }
    *c = (t[0] & 0x07u) << 18 | (t[1] & 0x3Fu) << 12 | (t[2] & 0x3Fu) << 6 | (t[3] & 0x3Fu);
    return text + 4;
}

const char *unicode_before(const char *end)
{
    do
        end--;
    while (((unsigned char)*end & 0xC0) == 0x80);
    return end;
}

size_t unicode_encode(uint32_t c, char *text)
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        text[i] = (char)(0x80 | (c & 0x3F));
    text[0] = (char)(lead[len] | c);
    return len;
}

bool unicode_valid(const char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (const unsigned char *t = (const unsigned char *)text; *t;) {
        size_t len = *t < 0x80   ? 1
                     : *t < 0xC2 ? 0
                     : *t < 0xE0 ? 2
                     : *t < 0xF0 ? 3
                     : *t < 0xF5 ? 4
                                 : 0;
        for (size_t i = 1; i < len; i++)
            if ((t[i] & 0xC0) != 0x80)
                return false;
        uint32_t c;
        if (!len)
            return false;
        unicode_next((const char *)t, &c);
        if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
            return false;
        t += len;
    }
    return true;
}

bool unicode_space(uint32_t c)
{
    static const struct range spaces[] = {
        {0x9, 0xD},       {0x1C, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
        {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
    };
    return in_ranges(c, spaces, countof(spaces));
}

const char *unicode_skip_space(const char *text)
{
    uint32_t c;
    for (const char *next; *text && (next = unicode_next(text, &c), unicode_space(c));)
        text = next;
    return text;
}

size_t unicode_trimmed(const char *text, size_t len)
{
    while (len) {
        uint32_t c;
        const char *last = unicode_before(text + len);
        unicode_next(last, &c);
        if (!unicode_space(c))
            break;
        len = (size_t)(last - text);
    }
    return len;
}

/* Whether the C library knows the characters outside ASCII, for which it needs a locale. */
static bool has_unicode(void)
{
    str_use_unicode();
    return towupper(0xE9) == 0xC9 && iswprint(0xE9);
}

/* Format characters, separators and private use: printable for iswprint, but not for Python. */
static const struct range unprintable[] = {
    {0x80, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},       {0x61C, 0x61C},
    {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},       {0x8E2, 0x8E2},
    {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x200F},     {0x2028, 0x202F},
    {0x205F, 0x2064},   {0x2066, 0x206F},   {0x3000, 0x3000},     {0xE000, 0xF8FF},
    {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD},   {0x110CD, 0x110CD},
    {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},   {0xE0001, 0xE0001},
    {0xE0020, 0xE007F}, {0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD},
};

bool unicode_printable(struct jinja *j, uint32_t c, bool *printable)
{
    *printable = c >= 0x20 && c < 0x7F;
    if (c < 0x80 || in_ranges(c, unprintable, countof(unprintable)))
        return true;
    *printable = true;
    if (!has_unicode() || !iswprint((wint_t)c))
        return jinja_fail(j, "a character here is not supported: Gordon does not know whether it "
                             "can be printed");
    return true;
}

/* Characters whose case mapping in Python is not one to one, depends on the neighbours, or has
 * three cases. The ranges contain all such characters and some letters between them. */
static const struct range special_case[] = {
    {0xAA, 0xAA},       {0xBA, 0xBA},       {0xDF, 0xDF},       {0x130, 0x130},
    {0x138, 0x138},     {0x149, 0x149},     {0x18D, 0x18D},     {0x19B, 0x19B},
    {0x1AA, 0x1AB},     {0x1BA, 0x1BE},     {0x1C4, 0x1CC},     {0x1F0, 0x1F3},
    {0x221, 0x221},     {0x234, 0x239},     {0x250, 0x2E4},     {0x345, 0x345},
    {0x37A, 0x37A},     {0x390, 0x390},     {0x3A3, 0x3A3},     {0x3B0, 0x3B0},
    {0x3D0, 0x3D6},     {0x3F0, 0x3FC},     {0x560, 0x560},     {0x587, 0x588},
    {0x10A0, 0x10FF},   {0x13A0, 0x13FD},   {0x1C80, 0x1CBF},   {0x1D00, 0x1DBF},
    {0x1E96, 0x1E9F},   {0x1F00, 0x1FFF},   {0x2071, 0x209C},   {0x2100, 0x214F},
    {0x2160, 0x2188},   {0x24B6, 0x24E9},   {0x2C00, 0x2D2D},   {0xA640, 0xA7FF},
    {0xAB30, 0xABBF},   {0xFB00, 0xFB17},   {0xFF21, 0xFF5A},   {0x10400, 0x107BF},
    {0x10C80, 0x10CF2}, {0x118A0, 0x118DF}, {0x16E40, 0x16E7F}, {0x1D400, 0x1D7CB},
    {0x1DF00, 0x1DFFF}, {0x1E900, 0x1E943}, {0x1F130, 0x1F189},
};

static bool convert(struct jinja *j, uint32_t c, wint_t (*to)(wint_t), uint32_t *out)
{
    if (c >= 0x80 && (!has_unicode() || in_ranges(c, special_case, countof(special_case))))
        return jinja_fail(j, "the upper and lower case of a letter here follow a rule that is not "
                             "supported");
    *out = (uint32_t)to((wint_t)c);
    return true;
}

bool unicode_upper(struct jinja *j, uint32_t c, uint32_t *upper)
{
    return convert(j, c, towupper, upper);
}

bool unicode_lower(struct jinja *j, uint32_t c, uint32_t *lower)
{
    return convert(j, c, towlower, lower);
}
