#include <stdarg.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "names.h"
#include "util.h"

static bool alnum(wint_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Letters that Python's title() and lower() turn into others with ASCII among them; towupper and
 * towlower know only letters that become one letter (Unicode's SpecialCasing.txt). */
static const char *special_case(wint_t c, bool first)
{
    static const struct {
        wint_t c;
        const char *title, *lower;
    } table[] = {
        {0x00DF, "Ss", ""}, {0x0130, "", "i"},  {0x0149, "N", ""},  {0x01F0, "J", ""},
        {0x1E96, "H", ""},  {0x1E97, "T", ""},  {0x1E98, "W", ""},  {0x1E99, "Y", ""},
        {0x1E9A, "A", ""},  {0xFB00, "Ff", ""}, {0xFB01, "Fi", ""}, {0xFB02, "Fl", ""},
        {0xFB03, "Ffi", ""}, {0xFB04, "Ffl", ""}, {0xFB05, "St", ""}, {0xFB06, "St", ""},
    };
    for (size_t i = 0; i < countof(table); i++)
        if (table[i].c == c)
            return first ? table[i].title : table[i].lower;
    return NULL;
}

/* A letter with case, which makes the next letter a following one. */
static bool cased(wint_t c)
{
    return iswupper(c) || iswlower(c) || special_case(c, true);
}

/* Adds a piece, title-cased and without what CloudFormation does not take. */
static void add_piece(struct buf *id, const char *piece)
{
    mbstate_t state = {0};
    bool first = true;
    for (size_t n; *piece; piece += n) {
        wchar_t c;
        n = mbrtowc(&c, piece, strlen(piece), &state);
        if (n == (size_t)-1 || n == (size_t)-2) { /* no UTF-8: drop the byte */
            state = (mbstate_t){0};
            n = 1;
            continue;
        }
        const char *special = special_case((wint_t)c, first);
        wint_t turned = first ? towupper((wint_t)c) : towlower((wint_t)c);
        if (special)
            buf_adds(id, special);
        else if (alnum(turned))
            buf_add(id, &(char){(char)turned}, 1);
        first = !cased((wint_t)c);
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

char *name_zip_key(struct arena *arena, const char *app, const char *name)
{
    return arena_printf(arena, "%s_%s.zip", app, name);
}

char *name_stack(struct arena *arena, const char *stage, const char *project, const char *step)
{
    return arena_printf(arena, "%s-%s-%s", stage, project, step);
}

bool name_is_made_of(const char *text, const char *set)
{
    return *text && strspn(text, set) == strlen(text);
}

bool name_is_stage(const char *text)
{
    size_t len = strlen(text);
    return len >= 2 && len <= 16 && name_is_made_of(text, NAME_LOWER NAME_DIGITS "-") &&
           text[0] != '-'; /* the first letter of a stack's name */
}

/* Parts of letters, and a number at the end. */
bool name_is_region(const char *text)
{
    const char *dash = strrchr(text, '-');
    return strlen(text) <= 32 && dash && name_is_made_of(text, NAME_LOWER NAME_DIGITS "-") &&
           name_is_made_of(dash + 1, NAME_DIGITS) && text[0] >= 'a' && text[0] <= 'z' &&
           strchr(text, '-') != dash;
}
