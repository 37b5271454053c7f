#include <stdlib.h>
#include <unistd.h>

#include "archive/content.h"
#include "archive/entry.h"
#include "archive/zip.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "build/build.h"
#include "build/packing.h"
#include "build/plan.h"
#include "build/state.h"
#include "build/target.h"
#include "build/unzipped.h"
#include "languages/build_look.h"
#include "languages/compiled.h"
#include "languages/handler.h"
#include "languages/install.h"
#include "languages/manifests.h"
#include "resources/bundle.h"
#include "sources/collect.h"
#include "sources/credential.h"
#include "sources/layout.h"
#include "sources/notes.h"
#include "sources/package.h"
#include "sources/work.h"

static bool check_code(const struct package *package)
{
    if (bundle_target(package->code))
        return true; /* only CMake knows its program */
    if (package_needs_cmake(package))
        return diag_error(EXIT_BUILD, package->pos,
                          "%s packs '%s' of a CMake build, but this build is not run by CMake: "
                          "build the project with gordon_add_project",
                          package->reference, package->generated);
    return package->kind != FILE_MISSING ||
           diag_error(EXIT_BUILD, package->pos,
                      "the code of %s is not there: no file or folder %s%s", package->reference,
                      package->code,
                      package->generated ? "; name the target that makes it after DEPENDS of "
                                           "gordon_add_project"
                                         : "");
}

/* Says after an error that this lambda's code is taken as its zip. Returns false. */
static bool note_zip(const struct package *package)
{
    if (package_is_zip(package))
        diag_note(package->pos, "the code of %s is a file of this name, and is taken as its zip",
                  package->reference);
    return false;
}

static bool collect(struct arena *arena, const struct package *package, struct collection *c)
{
    if (bundle_target(package->code))
        return target_collect(arena, package, c);
    collect_links(c, package->code, package->root);
    if (build_has_commands(package))
        return build_run(arena, package, c);
    if (package_is_zip(package))
        return collect_zip(c, package->code) || note_zip(package);
    if (package->kind != FILE_FOLDER)
        return collect_file(c, package->code,
                            package->layer
                                ? path_base(package->code)
                                : arena_printf(arena, "code%s", path_extension(package->code)));
    if (!collect_dir(c, package->code, package->root))
        return false;
    manifests_warn(package, c);
    return true;
}

/* A layer may be nothing but dependencies. */
static bool check_content(const struct package *package, const struct collection *c,
                          const char *dependencies)
{
    if (c->nentries || (package->layer && dependencies))
        return true;
    if (build_has_commands(package))
        return diag_error(EXIT_BUILD, package->build_pos,
                          "the zip of %s would be empty: the build left nothing in {target}",
                          package->reference);
    return diag_error(EXIT_BUILD, package->pos,
                      "the zip of %s would be empty: no file in %s is packed", package->reference,
                      package->code);
}

/* Lets zip_write keep the checksums of what it reads, for the record. */
static void keep_contents(struct collection *c)
{
    long long *contents = arena_alloc(c->arena, (c->nentries + 1) * sizeof *contents);
    for (size_t i = 0; i < c->nentries; i++) {
        contents[i] = CONTENT_UNKNOWN;
        c->entries[i].content = &contents[i];
    }
}

/* Writes the code alone, or merged with the dependencies, which are not compressed again. */
static bool write_zip(struct arena *arena, const struct package *package,
                      const struct collection *own, const char *dependencies)
{
    const char *zip = path_join(arena, package->work, "own.zip");
    const char *const both[] = {zip, dependencies};
    if (!dependencies)
        return zip_write(package->zip, own->entries, own->nentries);
    return zip_write(zip, own->entries, own->nentries) && zip_merge(package->zip, both, 2);
}

/* --- nothing to pack ---------------------------------------------------------------------- */

/* Whether files above the code folder decide, and such that are missing. A depfile names the folder
 * of a missing file, which may be the project's: most changes there are none of the lambda. */
static bool looks_above(const struct package *package)
{
    return package->language == LANG_GO || package->above;
}

/* A digest of the zip's stamp, and of what else decides besides files; "" where nobody asks. */
static const char *made_by(struct arena *arena, const struct package *package)
{
    struct file_stamp zip = file_stamp_now(package->zip);
    char *plan = looks_above(package) ? plan_text(package) : NULL;
    char *hex = arena_alloc(arena, SHA256_HEX);
    if (plan)
        sha256_text(arena_printf(arena, "%s %lld %lld %llu\n%s", state_program(arena), zip.modified,
                                 zip.size, zip.number, plan),
                    hex);
    free(plan);
    return hex;
}

/* Sets `*part` to the record of the last run if nothing has changed since, or to NULL. Returns
 * false after reporting that the record cannot be read. */
static bool find_current(struct arena *arena, const struct package *package,
                         const struct notes *notes, const struct state_part **part)
{
    struct state state;
    const char *made = made_by(arena, package);
    *part = NULL;
    if (!notes->record || !*made)
        return true;
    if (!state_load(&state, arena, notes->record))
        return false;
    *part = state_current(&state, package_id(package), made);
    return true;
}

/* --- packing ------------------------------------------------------------------------------ */

static bool run(struct arena *arena, struct package *package, const struct notes *notes,
                bool looked)
{
    struct credentials credentials = {.packed = build_has_commands(package)};
    struct collection c = {
        .arena = arena,
        .left_out = package_left_out(arena, package),
        .credentials = &credentials,
        .stamped = notes->inputs || notes->record,
    };
    const char *dependencies = NULL;
    bool ok = work_check_package(arena, package->zip, package->work) && looked &&
              check_code(package) &&
              install_dependencies(arena, package, package->trusts_dependencies, &c, &dependencies);
    c.ninstall = c.ninputs;
    ok = ok && collect(arena, package, &c) && check_content(package, &c, dependencies) &&
         layout_own(arena, package, &c);
    if (ok)
        collect_sort(&c);
    if (ok && c.stamped)
        keep_contents(&c);
    ok = ok && handler_check(arena, package, &c, dependencies);
    if (ok)
        compiled_warn(arena, package, &c, dependencies);
    ok = ok && (write_zip(arena, package, &c, dependencies) || note_zip(package));
    if (ok) {
        credential_warn(arena, &credentials, package->reference);
        unzipped_check(arena, package->zip, path_base(package->zip), package->pos, false);
    }
    if (!ok)
        package_remove_zip(arena, package); /* apply must not find the code of an earlier build */
    if (notes->stamp)
        collect_input(&c, package->zip);
    ok = ok && notes_write(notes, package->zip,
                           collect_visible(arena, c.inputs, c.stamps, c.ninputs), c.ninputs);
    if (ok && notes->record)
        state_save_one(notes->record, package_id(package), made_by(arena, package), &c);
    c.credentials = NULL; /* they end here, and the caller gets the collection */
    if (notes->inputs)
        *notes->inputs = c;
    return ok;
}

bool packing_run(struct arena *arena, struct package *package, const struct notes *notes)
{
    bool looked = package_look(package);
    const struct state_part *part = NULL;
    if (looked && !find_current(arena, package, notes, &part))
        return false;
    return part ? notes_write(notes, package->zip,
                              collect_visible(arena, part->files, part->stamps, part->nfiles),
                              part->nfiles)
                : run(arena, package, notes, looked);
}

bool packing_look(struct arena *arena, const struct package *package, struct collection *c,
                  struct build_look *look)
{
    struct install_look install;
    struct credentials credentials = {0};
    *look = (struct build_look){0};
    if (package_needs_cmake(package))
        return true;
    if (package->generated && package->kind == FILE_MISSING) { /* its targets have not run yet */
        collect_input(c, package->code);
        return true;
    }
    if (!check_code(package) || !install_look(arena, package, true, c, &install))
        return false;
    if (install.zip)
        collect_input(c, install.zip);
    if (build_has_commands(package))
        return build_look(arena, package, c, look);
    c->credentials = &credentials;
    bool ok = collect(arena, package, c) && check_content(package, c, install.zip);
    c->credentials = NULL;
    return ok;
}
