#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/content.h"
#include "archive/entry.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/root.h"
#include "build/state.h"
#include "sources/collect.h"

/* The file is this line, and for each part:
 *
 *   <made by> <files> <of install> <facts> <warned> <bytes of name> <bytes of text>\n<name><text>\n
 *   <modified> <changed> <size> <number> <settled> <content> <bytes> <path>\n    for each file
 *   <bytes of question> <question>\n<bytes of answer> <answer>\n                 for each fact
 *   <line> <column> <length> <note> <bytes of file> <file>\n<bytes> <text>\n     for each warning
 */
static const char head[] = "gordon build 5\n";

struct cursor {
    char *at, *end;
    bool broken;
};

static long long take_number(struct cursor *c)
{
    char *end;
    long long number = strtoll(c->at, &end, 10);
    if (end == c->at || end >= c->end || (*end != ' ' && *end != '\n'))
        c->broken = true;
    else
        c->at = end + 1;
    return number;
}

/* Takes `len` bytes and the byte `behind` that follows them, which becomes a NUL. */
static const char *take_text(struct cursor *c, long long len, char behind)
{
    if (c->broken || len < 0 || len >= c->end - c->at || c->at[len] != behind) {
        c->broken = true;
        return "";
    }
    const char *text = c->at;
    c->at[len] = '\0';
    c->at += len + 1;
    return text;
}

static void take_file(struct cursor *c, struct state_part *part, size_t i)
{
    struct file_stamp *stamp = &part->stamps[i];
    stamp->modified = take_number(c);
    stamp->changed = take_number(c);
    stamp->size = take_number(c);
    stamp->number = (unsigned long long)take_number(c);
    stamp->settled = take_number(c) == 1;
    part->contents[i] = take_number(c);
    part->files[i] = take_text(c, take_number(c), '\n');
}

static struct diag_warned take_warned(struct cursor *c)
{
    struct diag_warned warned = {0};
    warned.pos.line = (int)take_number(c);
    warned.pos.column = (int)take_number(c);
    warned.pos.length = (int)take_number(c);
    warned.is_note = take_number(c) == 1;
    const char *file = take_text(c, take_number(c), '\n');
    warned.pos.file = *file ? file : NULL;
    warned.text = take_text(c, take_number(c), '\n');
    return warned;
}

static struct state_part *take_part(struct cursor *c, struct arena *arena)
{
    struct state_part *part = arena_alloc(arena, sizeof *part);
    const char *space = memchr(c->at, ' ', (size_t)(c->end - c->at));
    part->made_by = take_text(c, space ? space - c->at : -1, ' ');
    long long files = take_number(c), install = take_number(c);
    long long facts = take_number(c), warned = take_number(c);
    long long name = take_number(c), text = take_number(c), left = c->end - c->at;
    if (c->broken || files < 0 || files > left || install < 0 || install > files || facts < 0 ||
        facts > left || warned < 0 || warned > left || name < 0 || name > left) {
        c->broken = true;
        return part;
    }
    part->name = arena_strndup(arena, c->at, (size_t)name);
    c->at += name;
    part->text = take_text(c, text, '\n');
    part->nfiles = (size_t)files;
    part->ninstall = (size_t)install;
    part->files = arena_alloc(arena, (part->nfiles + 1) * sizeof *part->files);
    part->stamps = arena_alloc(arena, (part->nfiles + 1) * sizeof *part->stamps);
    part->contents = arena_alloc(arena, (part->nfiles + 1) * sizeof *part->contents);
    for (size_t i = 0; i < part->nfiles && !c->broken; i++)
        take_file(c, part, i);
    for (long long i = 0; i < facts && !c->broken; i++) {
        struct fact fact = {.question = take_text(c, take_number(c), '\n')};
        fact.answer = take_text(c, take_number(c), '\n');
        state_add_fact(arena, part, &fact);
    }
    struct diag_warned *list = arena_alloc(arena, ((size_t)warned + 1) * sizeof *list);
    for (; part->nwarned < (size_t)warned && !c->broken; part->nwarned++)
        list[part->nwarned] = take_warned(c);
    part->warned = list;
    return part;
}

bool state_load(struct state *state, struct arena *arena, const char *path)
{
    const struct root own = {NULL, EXIT_OTHER};
    size_t len;
    char *text;
    *state = (struct state){.arena = arena};
    if (!root_read(arena, &own, path, &text, &len))
        return false;
    if (!text || !str_starts(text, head))
        return true;
    struct cursor c = {text + strlen(head), text + len, false};
    while (c.at < c.end && !c.broken) {
        struct state_part *part = take_part(&c, arena);
        if (!c.broken) {
            table_set(arena, &state->parts, part->name, part);
            array_push(arena, state->list, state->nlist, part);
        }
    }
    if (c.broken)
        *state = (struct state){.arena = arena};
    return true;
}

bool state_same_file(const struct state_part *part, size_t i)
{
    return file_is_same(&part->stamps[i], part->files[i]) ||
           (!part->stamps[i].settled && state_same_content(part, i));
}

bool state_same_content(const struct state_part *part, size_t i)
{
    return part->contents[i] != CONTENT_UNKNOWN &&
           part->contents[i] == content_of(part->files[i], NULL);
}

const struct state_part *state_current(const struct state *state, const char *name,
                                       const char *made_by)
{
    const struct state_part *part = table_get(&state->parts, name);
    if (!part || strcmp(part->made_by, made_by) != 0)
        return NULL;
    for (size_t i = 0; i < part->nfiles; i++)
        if (!state_same_file(part, i))
            return NULL;
    for (size_t i = 0; i < part->nfacts; i++)
        if (strcmp(fact_answer(part->facts[i].question), part->facts[i].answer) != 0)
            return NULL;
    return part;
}

void state_add(struct buf *out, const struct state_part *part)
{
    buf_printf(out, "%s %zu %zu %zu %zu %zu %zu\n%s%s\n", part->made_by, part->nfiles,
               part->ninstall, part->nfacts, part->nwarned, strlen(part->name), strlen(part->text),
               part->name, part->text);
    for (size_t i = 0; i < part->nfiles; i++) {
        const struct file_stamp *stamp = &part->stamps[i];
        buf_printf(out, "%lld %lld %lld %lld %d %lld %zu %s\n", stamp->modified, stamp->changed,
                   stamp->size, (long long)stamp->number, stamp->settled, part->contents[i],
                   strlen(part->files[i]), part->files[i]);
    }
    for (size_t i = 0; i < part->nfacts; i++)
        buf_printf(out, "%zu %s\n%zu %s\n", strlen(part->facts[i].question),
                   part->facts[i].question, strlen(part->facts[i].answer), part->facts[i].answer);
    for (size_t i = 0; i < part->nwarned; i++) {
        const struct diag_warned *warned = &part->warned[i];
        const char *file = warned->pos.file ? warned->pos.file : "";
        buf_printf(out, "%d %d %d %d %zu %s\n%zu %s\n", warned->pos.line, warned->pos.column,
                   warned->pos.length, warned->is_note, strlen(file), file, strlen(warned->text),
                   warned->text);
    }
}

static void add_file(struct arena *arena, struct state_part *part, const char *path,
                     struct file_stamp stamp, long long content)
{
    size_t n = part->nfiles, count = n;
    array_push(arena, part->stamps, n, stamp);
    array_push(arena, part->contents, count, content);
    array_push(arena, part->files, part->nfiles, path);
}

void state_add_input(struct arena *arena, struct state_part *part, const char *path,
                     struct file_stamp stamp)
{
    add_file(arena, part, path, stamp, content_of(path, &stamp));
}

/* The stamp counts as settled although the file is new, because nobody else writes to it. */
void state_add_output(struct arena *arena, struct state_part *part, const char *path)
{
    struct file_stamp stamp = file_stamp_now(path);
    stamp.settled = true;
    add_file(arena, part, path, stamp, CONTENT_UNKNOWN);
}

void state_add_fact(struct arena *arena, struct state_part *part, const struct fact *fact)
{
    array_push(arena, part->facts, part->nfacts, *fact);
}

void state_save(const char *path, const struct buf *out)
{
    struct buf all = {0};
    buf_adds(&all, head);
    buf_add(&all, out->data ? out->data : "", out->len);
    if (!file_write(path, all.data, all.len, 0644))
        unlink(path);
    buf_free(&all);
}

/* What was packed has been read for that. If such a file has changed since its stamp was taken, the
 * zip has what the checksum says. */
void state_add_seen(struct arena *arena, struct state_part *part, const struct collection *seen)
{
    struct table packed = {0};
    for (size_t i = 0; i < seen->nentries; i++)
        if (seen->entries[i].content && *seen->entries[i].content != CONTENT_UNKNOWN)
            table_set(arena, &packed, seen->entries[i].source, seen->entries[i].content);
    for (size_t i = 0; i < seen->ninputs; i++) {
        const long long *content = table_get(&packed, seen->inputs[i]);
        if (content)
            add_file(arena, part, seen->inputs[i], seen->stamps[i], *content);
        else
            state_add_input(arena, part, seen->inputs[i], seen->stamps[i]);
    }
    part->ninstall = seen->ninstall;
    for (size_t i = 0; i < seen->nfacts; i++)
        state_add_fact(arena, part, &seen->facts[i]);
}

void state_save_one(const char *path, const char *name, const char *made_by,
                    const struct collection *seen)
{
    struct state_part part = {.name = name, .made_by = made_by, .text = ""};
    struct buf out = {0};
    struct arena *arena = arena_new();
    state_add_seen(arena, &part, seen);
    state_add(&out, &part);
    state_save(path, &out);
    buf_free(&out);
    arena_free(arena);
}

const char *state_program(struct arena *arena)
{
    struct file_stamp stamp = file_stamp_now("/proc/self/exe");
    char *hex = arena_alloc(arena, SHA256_HEX);
    sha256_text(arena_printf(arena, "%lld %lld %llu", stamp.modified, stamp.size, stamp.number),
                hex);
    return hex;
}
