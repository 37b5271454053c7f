#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "settings/names.h"
#include "settings/partition.h"

/* Returns the ASCII letters that Python's title() (`first`) or lower() makes of a letter that is
 * not ASCII, or "" (Unicode's SpecialCasing.txt and UnicodeData.txt). tests/yaml/names.py prints
 * this table and the next. The C library's tables are not used, because they differ between
 * machines. */
static const char *special_case(uint32_t c, bool first)
{
    static const struct {
        uint32_t c;
        const char *title, *lower;
    } table[] = {
        {0x00DF, "Ss", ""},  {0x0130, "", "i"},  {0x0131, "I", ""},  {0x0149, "N", ""},
        {0x017F, "S", ""},   {0x01F0, "J", ""},  {0x1E96, "H", ""},  {0x1E97, "T", ""},
        {0x1E98, "W", ""},   {0x1E99, "Y", ""},  {0x1E9A, "A", ""},  {0x212A, "", "k"},
        {0xFB00, "Ff", ""},  {0xFB01, "Fi", ""}, {0xFB02, "Fl", ""}, {0xFB03, "Ffi", ""},
        {0xFB04, "Ffl", ""}, {0xFB05, "St", ""}, {0xFB06, "St", ""},
    };
    for (size_t i = 0; i < countof(table); i++)
        if (table[i].c == c)
            return first ? table[i].title : table[i].lower;
    return "";
}

/* Unicode 14's Cased letters (DerivedCoreProperties.txt), as ranges that include both ends. */
static const struct range {
    uint32_t first, last;
} cased_letters[] = {
    {0x0041, 0x005A},   {0x0061, 0x007A},   {0x00AA, 0x00AA},   {0x00B5, 0x00B5},
    {0x00BA, 0x00BA},   {0x00C0, 0x00D6},   {0x00D8, 0x00F6},   {0x00F8, 0x01BA},
    {0x01BC, 0x01BF},   {0x01C4, 0x0293},   {0x0295, 0x02B8},   {0x02C0, 0x02C1},
    {0x02E0, 0x02E4},   {0x0345, 0x0345},   {0x0370, 0x0373},   {0x0376, 0x0377},
    {0x037A, 0x037D},   {0x037F, 0x037F},   {0x0386, 0x0386},   {0x0388, 0x038A},
    {0x038C, 0x038C},   {0x038E, 0x03A1},   {0x03A3, 0x03F5},   {0x03F7, 0x0481},
    {0x048A, 0x052F},   {0x0531, 0x0556},   {0x0560, 0x0588},   {0x10A0, 0x10C5},
    {0x10C7, 0x10C7},   {0x10CD, 0x10CD},   {0x10D0, 0x10FA},   {0x10FD, 0x10FF},
    {0x13A0, 0x13F5},   {0x13F8, 0x13FD},   {0x1C80, 0x1C88},   {0x1C90, 0x1CBA},
    {0x1CBD, 0x1CBF},   {0x1D00, 0x1DBF},   {0x1E00, 0x1F15},   {0x1F18, 0x1F1D},
    {0x1F20, 0x1F45},   {0x1F48, 0x1F4D},   {0x1F50, 0x1F57},   {0x1F59, 0x1F59},
    {0x1F5B, 0x1F5B},   {0x1F5D, 0x1F5D},   {0x1F5F, 0x1F7D},   {0x1F80, 0x1FB4},
    {0x1FB6, 0x1FBC},   {0x1FBE, 0x1FBE},   {0x1FC2, 0x1FC4},   {0x1FC6, 0x1FCC},
    {0x1FD0, 0x1FD3},   {0x1FD6, 0x1FDB},   {0x1FE0, 0x1FEC},   {0x1FF2, 0x1FF4},
    {0x1FF6, 0x1FFC},   {0x2071, 0x2071},   {0x207F, 0x207F},   {0x2090, 0x209C},
    {0x2102, 0x2102},   {0x2107, 0x2107},   {0x210A, 0x2113},   {0x2115, 0x2115},
    {0x2119, 0x211D},   {0x2124, 0x2124},   {0x2126, 0x2126},   {0x2128, 0x2128},
    {0x212A, 0x212D},   {0x212F, 0x2134},   {0x2139, 0x2139},   {0x213C, 0x213F},
    {0x2145, 0x2149},   {0x214E, 0x214E},   {0x2160, 0x217F},   {0x2183, 0x2184},
    {0x24B6, 0x24E9},   {0x2C00, 0x2CE4},   {0x2CEB, 0x2CEE},   {0x2CF2, 0x2CF3},
    {0x2D00, 0x2D25},   {0x2D27, 0x2D27},   {0x2D2D, 0x2D2D},   {0xA640, 0xA66D},
    {0xA680, 0xA69D},   {0xA722, 0xA787},   {0xA78B, 0xA78E},   {0xA790, 0xA7CA},
    {0xA7D0, 0xA7D1},   {0xA7D3, 0xA7D3},   {0xA7D5, 0xA7D9},   {0xA7F5, 0xA7F6},
    {0xA7F8, 0xA7FA},   {0xAB30, 0xAB5A},   {0xAB5C, 0xAB68},   {0xAB70, 0xABBF},
    {0xFB00, 0xFB06},   {0xFB13, 0xFB17},   {0xFF21, 0xFF3A},   {0xFF41, 0xFF5A},
    {0x10400, 0x1044F}, {0x104B0, 0x104D3}, {0x104D8, 0x104FB}, {0x10570, 0x1057A},
    {0x1057C, 0x1058A}, {0x1058C, 0x10592}, {0x10594, 0x10595}, {0x10597, 0x105A1},
    {0x105A3, 0x105B1}, {0x105B3, 0x105B9}, {0x105BB, 0x105BC}, {0x10780, 0x10780},
    {0x10783, 0x10785}, {0x10787, 0x107B0}, {0x107B2, 0x107BA}, {0x10C80, 0x10CB2},
    {0x10CC0, 0x10CF2}, {0x118A0, 0x118DF}, {0x16E40, 0x16E7F}, {0x1D400, 0x1D454},
    {0x1D456, 0x1D49C}, {0x1D49E, 0x1D49F}, {0x1D4A2, 0x1D4A2}, {0x1D4A5, 0x1D4A6},
    {0x1D4A9, 0x1D4AC}, {0x1D4AE, 0x1D4B9}, {0x1D4BB, 0x1D4BB}, {0x1D4BD, 0x1D4C3},
    {0x1D4C5, 0x1D505}, {0x1D507, 0x1D50A}, {0x1D50D, 0x1D514}, {0x1D516, 0x1D51C},
    {0x1D51E, 0x1D539}, {0x1D53B, 0x1D53E}, {0x1D540, 0x1D544}, {0x1D546, 0x1D546},
    {0x1D54A, 0x1D550}, {0x1D552, 0x1D6A5}, {0x1D6A8, 0x1D6C0}, {0x1D6C2, 0x1D6DA},
    {0x1D6DC, 0x1D6FA}, {0x1D6FC, 0x1D714}, {0x1D716, 0x1D734}, {0x1D736, 0x1D74E},
    {0x1D750, 0x1D76E}, {0x1D770, 0x1D788}, {0x1D78A, 0x1D7A8}, {0x1D7AA, 0x1D7C2},
    {0x1D7C4, 0x1D7CB}, {0x1DF00, 0x1DF09}, {0x1DF0B, 0x1DF1E}, {0x1E900, 0x1E943},
    {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189},
};

static int compare_range(const void *key, const void *element)
{
    uint32_t c = *(const uint32_t *)key;
    const struct range *range = element;
    return c < range->first ? -1 : c > range->last;
}

/* Whether `c` has case: str.title() makes the letter after it lower case. */
static bool cased(uint32_t c)
{
    return bsearch(&c, cased_letters, countof(cased_letters), sizeof *cased_letters, compare_range);
}

/* Returns the character at `text` and sets *n to its length in bytes. A byte that is not valid
 * UTF-8 is one character without case, 0. */
static uint32_t decode(const char *text, size_t *n)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t len = *s < 0x80 ? 1 : *s < 0xC2 ? 0 : *s < 0xE0 ? 2 : *s < 0xF0 ? 3 : *s < 0xF5 ? 4 : 0;
    uint32_t c = len < 2 ? *s : *s & (0xFFu >> (len + 1));
    size_t i = 1;
    for (; i < len && (s[i] & 0xC0) == 0x80; i++)
        c = c << 6 | (s[i] & 0x3F);
    *n = i < len || !len ? 1 : len;
    return *n == len ? c : 0;
}

/* Adds a piece in title case, without the characters that a logical id must not have. */
static void add_piece(struct buf *id, const char *piece)
{
    bool first = true;
    for (size_t n; *piece; piece += n) {
        uint32_t c = decode(piece, &n);
        if (c >= 0x80)
            buf_adds(id, special_case(c, first));
        else if (strchr(STR_ALNUM, (int)c) && c)
            buf_add(id, &(char){(char)(first ? toupper((int)c) : tolower((int)c))}, 1);
        first = !cased(c);
    }
}

char *name_id(struct arena *arena, ...)
{
    struct buf id = {0};
    va_list pieces;
    va_start(pieces, arena);
    for (const char *piece; (piece = va_arg(pieces, const char *));)
        add_piece(&id, piece);
    va_end(pieces);
    char *name = arena_strdup(arena, id.data ? id.data : "");
    buf_free(&id);
    return name;
}

/* Whether `c`, which is not ASCII, is not part of a word: punctuation, symbols, private use
 * (Unicode's blocks, without the few letters in them). */
static bool symbol(uint32_t c)
{
    static const struct range symbols[] = {
        {0x0080, 0x00A9},    {0x00AB, 0x00B1}, {0x00B4, 0x00B4}, {0x00B6, 0x00B8},
        {0x00BB, 0x00BB},    {0x00BF, 0x00BF}, {0x00D7, 0x00D7}, {0x00F7, 0x00F7},
        {0x061C, 0x061C},    {0x2000, 0x206F}, {0x20A0, 0x20FF}, {0x2190, 0x245F},
        {0x249C, 0x249F},    {0x2500, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3000, 0x3004},
        {0x3008, 0x3020},    {0xE000, 0xF8FF}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFEFF},
        {0xFF00, 0xFF0F},    {0xFF1A, 0xFF20}, {0xFFF9, 0xFFFB}, {0x1F000, 0x1FBEF},
        {0xE0000, 0x10FFFF},
    };
    return bsearch(&c, symbols, countof(symbols), sizeof *symbols, compare_range);
}

/* Python's re.sub(r"[^\w-]", "-", ...), as Gordon 0.7 did. */
static void add_cleaned(struct buf *key, const char *text)
{
    for (size_t n; *text; text += n) {
        uint32_t c = decode(text, &n);
        bool word = c < 0x80 ? c && strchr(STR_ALNUM "_-", (int)c) : !symbol(c);
        buf_add(key, word ? text : "-", word ? n : 1);
    }
}

char *name_zip_key(struct arena *arena, const char *app, const char *name)
{
    struct buf key = {0};
    add_cleaned(&key, app);
    buf_adds(&key, "_");
    add_cleaned(&key, name);
    buf_adds(&key, ".zip");
    char *text = arena_strdup(arena, key.data);
    buf_free(&key);
    return text;
}

char *name_stack(struct arena *arena, const char *stage, const char *project, const char *step)
{
    return arena_printf(arena, "%s-%s-%s", stage, project, step);
}

const char name_stage_rule[] = "a stage is 2 to 16 of a-z, 0-9 and '-', a letter first";
const char name_region_rule[] = "is not a region; one is us-east-1";

bool name_is_stage(const char *text)
{
    size_t len = strlen(text);
    return len >= 2 && len <= 16 && str_is_made_of(text, STR_LOWER STR_DIGITS "-") &&
           text[0] >= 'a' && text[0] <= 'z'; /* a stack's name begins with it */
}

bool name_is_region(const char *text)
{
    return partition_of(text) != NULL;
}
