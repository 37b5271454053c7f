#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "base/util.h"
#include "check.h"

static const long long now = 1795480146816; /* date -d @1795480146 */

static bool is(const char *text, long long expected)
{
    long long moment = -1;
    if (moment_read(text, now, &moment) && moment == expected)
        return true;
    fprintf(stderr, "  %s is %lld\n", text, moment);
    return false;
}

static void test_write(void)
{
    char text[MOMENT_TEXT];
    CHECK(strcmp(moment_write(text, now), "2026-11-24T00:29:06.816Z") == 0);
    CHECK(strcmp(moment_write(text, 0), "1970-01-01T00:00:00.000Z") == 0);
    CHECK(strcmp(moment_write(text, 1709208000007), "2024-02-29T12:00:00.007Z") == 0);
}

static void test_ages(void)
{
    CHECK(is("0s", now));
    CHECK(is("30s", now - 30000));
    CHECK(is("10m", now - 600000));
    CHECK(is("2h", now - 7200000));
    CHECK(is("3d", now - 3 * 86400000));
    CHECK(is("1w", now - 7 * 86400000));
    CHECK(is("999999999w", 0));
}

static void test_dates(void)
{
    CHECK(is("2026-11-24T00:29:06.816Z", now)); /* as moments are shown */
    CHECK(is("2026-11-24T00:29:06.816", now));
    CHECK(is("2026-11-24T00:29:06.8", now - 16));
    CHECK(is("2026-11-24T00:29:06.8169999", now));
    CHECK(is("2026-11-24T00:29:06Z", now - 816));
    CHECK(is("2026-11-24T00:29:06", now - 816));
    CHECK(is("2026-11-24T00:29Z", now - 6816));
    CHECK(is("2026-11-24T00:29", now - 6816));
    CHECK(is("2026-11-24", 1795478400000));
    CHECK(is("2024-02-29T12:00", 1709208000000));
    CHECK(is("1969-12-31", 0));
}

static void test_wrong(void)
{
    static const char *const wrong[] = {
        "",
        "10",
        "m",
        "10x",
        "10mm",
        "-10m",
        "1.5h",
        "9999999999s",
        "yesterday",
        "2026-02-30",
        "2026-02-29",
        "2026-13-01",
        "2026-11-24Z",
        "2026-11-24T",
        "2026-11-24T00:29+01:00",
        "2026-11-24T00:29:06.816Zx",
    };
    long long moment;
    for (size_t i = 0; i < countof(wrong); i++)
        if (!CHECK(!moment_read(wrong[i], now, &moment)))
            fprintf(stderr, "  '%s'\n", wrong[i]);
}

int main(void)
{
    setenv("TZ", "America/New_York", 1); /* which must not matter */
    test_write();
    test_ages();
    test_dates();
    test_wrong();
    return check_result();
}
