#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/zip_look.h"
#include "archive/zip_take.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/mapping.h"
#include "base/util.h"
#include "languages/handler.h"
#include "languages/handler_form.h"
#include "resources/bundle.h"
#include "sources/collect.h"
#include "sources/elf.h"
#include "sources/package.h"

/* The files of a zip that is about to be written. */
struct contents {
    struct arena *arena;
    const struct collection *own;
    const char **installed; /* names in the zip of the dependencies, once they were needed */
    size_t ninstalled;
    struct mapping dependencies;
};

/* --- what there is -------------------------------------------------------------------------- */

static int by_name(const void *name, const void *entry)
{
    return strcmp(name, ((const struct pack_entry *)entry)->name);
}

static const struct pack_entry *own_entry(const struct contents *c, const char *name)
{
    return bsearch(name, c->own->entries, c->own->nentries, sizeof *c->own->entries, by_name);
}

static bool fits(const struct handler_form *form, const char *name)
{
    if (!form->after)
        return strcmp(form->before, name) == 0;
    size_t before = strlen(form->before);
    return str_starts(name, form->before) && str_ends(name + before, form->after);
}

static bool own_has(const struct contents *c, const struct handler_form *form)
{
    if (!form->after)
        return own_entry(c, form->before);
    for (size_t i = 0; i < c->own->nentries; i++)
        if (fits(form, c->own->entries[i].name))
            return true;
    return false;
}

static bool installed_has(const struct contents *c, const struct handler_form *form)
{
    for (size_t i = 0; i < c->ninstalled; i++)
        if (fits(form, c->installed[i]))
            return true;
    return false;
}

/* Reads the names of what was installed. Most handlers are in the code's own files, so few lambdas
 * need them. */
static bool read_installed(struct contents *c, const char *dependencies)
{
    struct zip_look look;
    struct zip_seen seen;
    if (!dependencies || c->ninstalled)
        return true;
    if (!mapping_open(&c->dependencies, dependencies))
        return diag_error(EXIT_BUILD, (struct pos){.file = dependencies}, "cannot be read: %s",
                          file_words(errno));
    if (zip_look_begin(&look, c->dependencies.data, c->dependencies.len))
        while (zip_look_next(&look, &seen))
            array_push(c->arena, c->installed, c->ninstalled,
                       arena_strndup(c->arena, seen.name, seen.name_len));
    return true;
}

/* --- what is in a file ---------------------------------------------------------------------- */

/* The content of an entry, without a copy where that is possible. */
struct content {
    struct arena *arena; /* of its own */
    struct mapping file;
    const unsigned char *data; /* NULL if it cannot be read, which packing reports */
    size_t len;
};

static struct content content_open(const struct pack_entry *entry)
{
    struct content content = {.arena = arena_new()};
    const struct zipped *zipped = entry->zipped;
    if (!mapping_open(&content.file, entry->source))
        return content;
    content.data = content.file.data;
    content.len = content.file.len;
    if (!zipped)
        return content;
    bool within = zipped->packed <= content.len && zipped->offset <= content.len - zipped->packed;
    content.data = within ? content.data + zipped->offset : NULL;
    content.len = (size_t)zipped->size;
    if (within && zipped->deflated)
        content.data =
            zip_look_inflate(content.arena, content.data, (size_t)zipped->packed, content.len);
    return content;
}

static void content_close(struct content *content)
{
    mapping_close(&content->file);
    arena_free(content->arena);
}

/* --- jars ----------------------------------------------------------------------------------- */

/* Whether a jar has a file. A jar that cannot be read may have it. */
static bool jar_has(const unsigned char *data, size_t len, const char *file)
{
    struct zip_look look;
    struct zip_seen seen;
    size_t length = strlen(file);
    if (!data || !zip_look_begin(&look, data, len))
        return true;
    while (zip_look_next(&look, &seen))
        if (seen.name_len == length && memcmp(seen.name, file, length) == 0)
            return true;
    return look.at < look.end; /* broken before its end */
}

/* Whether the runtime takes classes from this file: from lib/X.jar, but not from lib/a/X.jar. */
static bool is_jar(const char *name)
{
    return str_starts(name, "lib/") && str_ends(name, ".jar") &&
           !strchr(name + strlen("lib/"), '/');
}

static bool own_jar_has(const struct contents *c, const char *file)
{
    bool found = false;
    for (size_t i = 0; !found && i < c->own->nentries; i++) {
        if (!is_jar(c->own->entries[i].name))
            continue;
        struct content jar = content_open(&c->own->entries[i]);
        found = jar_has(jar.data, jar.len, file);
        content_close(&jar);
    }
    return found;
}

static bool installed_jar_has(const struct contents *c, const char *file)
{
    struct zip_look look;
    struct zip_seen seen;
    bool found = false, zip = zip_look_begin(&look, c->dependencies.data, c->dependencies.len);
    while (zip && !found && zip_look_next(&look, &seen)) {
        struct arena *arena = arena_new();
        if (is_jar(arena_strndup(arena, seen.name, seen.name_len)))
            found = jar_has(zip_look_content(arena, &look, &seen), seen.size, file);
        arena_free(arena);
    }
    return found;
}

/* --- reports -------------------------------------------------------------------------------- */

/* Reports what is wrong with the handler; true if it is only a warning. */
static bool report(struct arena *arena, const struct package *p, const struct handler_forms *forms,
                   const char *what)
{
    const char *from = p->handler_from ? arena_printf(arena, "%s may bring it", p->handler_from)
                                       : "a layer may bring it";
    if (forms->layered || p->handler_from) {
        diag_warning(p->handler_pos, "%s; %s; 'check-handler: false' drops this check", what, from);
        return true;
    }
    const char *drop = "set 'check-handler: false' if a layer brings it";
    return diag_error(EXIT_BUILD, p->handler_pos, "%s; %s%s", what,
                      p->handler_given ? "" : "set 'handler', or ",
                      forms->fault ? "'check-handler: false' drops this check" : drop);
}

static bool ends_with_one_of(const char *name, const char *const *endings)
{
    for (size_t i = 0; endings && endings[i]; i++)
        if (str_ends(name, endings[i]))
            return true;
    return !endings;
}

/* Whether `name` is `wanted` in another folder or with another ending. */
static bool has_stem(const char *name, const char *wanted)
{
    const char *a = path_base(name), *b = path_base(wanted);
    size_t len = strlen(b) - strlen(path_extension(b));
    return strncmp(a, b, len) == 0 && strlen(a) - strlen(path_extension(a)) == len;
}

static size_t depth(const char *name)
{
    size_t n = 0;
    for (; (name = strchr(name, '/')); name++)
        n++;
    return n;
}

/* The first name in the uppermost folder, of those with the stem if one is given. */
static const char *uppermost(const char *const *names, size_t n, const char *stem)
{
    const char *best = NULL;
    for (size_t i = 0; i < n; i++)
        if ((!stem || has_stem(names[i], stem)) && (!best || depth(names[i]) < depth(best)))
            best = names[i];
    return best;
}

/* The code's own file that the user probably means, or NULL. */
static const char *nearest(const struct contents *c, const struct handler_forms *forms)
{
    const char **names = NULL, *wanted = forms->list[0].before;
    size_t n = 0;
    for (size_t i = 0; i < c->own->nentries; i++)
        if (ends_with_one_of(c->own->entries[i].name, forms->endings))
            array_push(c->arena, names, n, c->own->entries[i].name);
    const char *same = uppermost(names, n, wanted);
    const char *similar = same ? same : str_nearest(wanted, names, n);
    return similar ? similar : uppermost(names, n, NULL);
}

/* Whether the zip has anything of a JVM language. A folder without is code that is yet to come:
 * Gordon 0.7 packed it. */
static bool has_java(const struct contents *c)
{
    static const char *const endings[] = {".class", ".jar",    ".java", ".kt",
                                          ".scala", ".groovy", ".clj",  NULL};
    for (size_t i = 0; i < c->own->nentries; i++)
        if (ends_with_one_of(c->own->entries[i].name, endings))
            return true;
    return c->ninstalled > 0;
}

static bool report_missing(const struct contents *c, const struct package *p,
                           const struct handler_forms *forms)
{
    if (forms->in_jars && !has_java(c)) {
        diag_warning(p->handler_pos,
                     "the zip of %s has no class and no jar, so the handler '%s' cannot start; "
                     "'check-handler: false' drops this check",
                     p->reference, p->handler);
        return true;
    }
    const char *near = nearest(c, forms);
    const char *nearby = near ? arena_printf(c->arena, "; the nearest file is %s", near) : "";
    const char *names = forms->endings
                            ? arena_printf(c->arena, "which the %shandler '%s' names",
                                           p->handler_given ? "" : "default ", p->handler)
                            : arena_printf(c->arena, "the program that %s starts", p->runtime);
    return report(c->arena, p, forms,
                  arena_printf(c->arena, "the zip of %s has no %s, %s%s", p->reference,
                               forms->wanted, names, nearby));
}

static bool report_fault(struct arena *arena, const struct package *p,
                         const struct handler_forms *forms)
{
    return report(arena, p, forms,
                  arena_printf(arena, "the %shandler '%s' of %s %s",
                               p->handler_given ? "" : "default ", p->handler, p->reference,
                               forms->fault));
}

/* --- programs ------------------------------------------------------------------------------- */

/* What keeps Lambda from starting what `content` has, or NULL. */
static const char *content_fault(struct arena *arena, const struct package *p,
                                 const struct content *content)
{
    struct elf elf;
    if (!content->data || (content->len > 2 && memcmp(content->data, "#!", 2) == 0))
        return NULL;
    const char *fault =
        content->len ? elf_parse(arena, content->data, content->len, &elf) : "is empty";
    if (fault)
        return arena_printf(arena, "is no program: it %s, and no script, which begins with #!",
                            fault);
    if (!elf.runs)
        return "is no program, but an object file";
    const char *machine = elf_machine_name(arena, &elf);
    if (strcmp(machine, p->architecture) == 0)
        return NULL;
    return arena_printf(arena, "is a program for %s, and 'architecture' is %s", machine,
                        p->architecture);
}

/* What keeps Lambda from starting the program, or NULL. */
static const char *program_fault(struct arena *arena, const struct package *p,
                                 const struct pack_entry *program)
{
    if (!program->executable)
        return arena_printf(arena, "is not executable%s%s",
                            program->zipped ? ": it has the wrong mode in " : "; run chmod +x ",
                            program->source);
    struct content content = content_open(program);
    const char *fault = content_fault(arena, p, &content);
    content_close(&content);
    return fault;
}

static bool check_program(struct arena *arena, const struct package *p,
                          const struct pack_entry *program)
{
    const char *fault = program ? program_fault(arena, p, program) : NULL;
    return !fault || diag_error(EXIT_BUILD, p->handler_pos, "bootstrap in the zip of %s %s",
                                p->reference, fault);
}

/* --- the check ------------------------------------------------------------------------------ */

static bool own_fits(const struct contents *c, const struct handler_forms *forms)
{
    for (size_t i = 0; i < forms->n; i++)
        if (own_has(c, &forms->list[i]))
            return true;
    return forms->in_jars && own_jar_has(c, forms->in_jars);
}

static bool installed_fits(const struct contents *c, const struct handler_forms *forms)
{
    for (size_t i = 0; i < forms->n; i++)
        if (installed_has(c, &forms->list[i]))
            return true;
    return forms->in_jars && installed_jar_has(c, forms->in_jars);
}

static bool check(struct contents *c, const struct package *p, const char *dependencies)
{
    struct handler_forms forms = handler_forms(c->arena, p->language, p->handler);
    if (forms.fault)
        return report_fault(c->arena, p, &forms);
    if (own_fits(c, &forms)) /* without endings it is a program */
        return forms.endings || check_program(c->arena, p, own_entry(c, forms.list[0].before));
    return read_installed(c, dependencies) &&
           (installed_fits(c, &forms) || report_missing(c, p, &forms));
}

bool handler_check(struct arena *arena, const struct package *package, const struct collection *own,
                   const char *dependencies)
{
    struct contents contents = {.arena = arena, .own = own};
    if (!package->checks_handler || bundle_target(package->code)) /* target.c checks its program */
        return true;
    bool ok = check(&contents, package, dependencies);
    mapping_close(&contents.dependencies);
    return ok;
}
