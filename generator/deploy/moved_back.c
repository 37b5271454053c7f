#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/util.h"
#include "deploy/moved_back.h"
#include "deploy/rollback.h"
#include "stacks/change.h"
#include "stacks/report.h"

enum { FORGET_MAX = 1000 }; /* of rollback_forget */

void moved_back_read(struct moved_back *m, struct arena *arena, const json_t *listing)
{
    if (m->forward)
        return;
    rollback_read(arena, listing, &m->marks, &m->n);
    m->forward = arena_alloc(arena, (m->n + 1) * sizeof *m->forward);
    for (size_t i = 0; i < m->n; i++)
        m->forward[i] = false;
}

void moved_back_change(struct moved_back *m, const struct changes *changes)
{
    for (size_t i = 0; i < m->n; i++)
        for (size_t k = 0; k < changes->n; k++)
            if (strcmp(changes->items[k].id, m->marks[i].id) == 0)
                m->forward[i] = true;
}

void moved_back_report(const struct moved_back *m, bool done)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct rollback *mark = &m->marks[i];
        if (rollback_of(m->marks, m->n, mark->id) != mark)
            continue; /* a later one counts */
        json_t *object = json_pack("{s:s, s:I, s:b}", "id", mark->id, "version",
                                   (json_int_t)mark->version, "forward", m->forward[i]);
        if (m->forward[i])
            report_line("moved-back", object,
                        "%s was moved back to version %ld; its new version %s it forward", mark->id,
                        mark->version, done ? "has moved" : "moves");
        else
            report_line("moved-back", object,
                        "%s was moved back to version %ld, and stays there until it changes, or by "
                        "gordon rollback --to newest",
                        mark->id, mark->version);
    }
}

void moved_back_forget(const struct moved_back *m, struct aws *aws, const char *bucket)
{
    struct rollback *over = NULL;
    size_t n = 0, errors = diag_errors();
    for (size_t i = 0; i < m->n && n < FORGET_MAX; i++)
        if (m->forward[i])
            array_push(aws->arena, over, n, m->marks[i]);
    if (n && !rollback_forget(aws, bucket, over, n))
        diag_demote(errors);
}
