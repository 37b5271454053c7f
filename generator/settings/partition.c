#include <string.h>

#include "base/util.h"
#include "settings/partition.h"

/* A region is <prefix><place>-<number>, such as us-gov-west-1 (the regionRegex of botocore's
 * partitions.json, without the list of continents). */
static const struct {
    const char *prefix;
    struct partition partition;
} partitions[] = {
    {"cn-", {"aws-cn", "amazonaws.com.cn", "console.amazonaws.cn"}},
    {"us-gov-", {"aws-us-gov", "amazonaws.com", "console.amazonaws-us-gov.com"}},
    {"eusc-de-", {"aws-eusc", "amazonaws.eu", "console.amazonaws-eusc.eu"}},
    {"us-iso-", {"aws-iso", "c2s.ic.gov", NULL}},
    {"us-isob-", {"aws-iso-b", "sc2s.sgov.gov", NULL}},
    {"eu-isoe-", {"aws-iso-e", "cloud.adc-e.uk", NULL}},
    {"us-isof-", {"aws-iso-f", "csp.hci.ic.gov", NULL}},
};
static const struct partition most = {"aws", "amazonaws.com", "console.aws.amazon.com"};
enum { CONTINENT = 3 }; /* "eu-": the prefix of a region of `most` */

/* Whether `text` is <place>-<number>, such as west-1. */
static bool is_place(const char *text)
{
    size_t len = strspn(text, STR_LOWER);
    return len && text[len] == '-' && text[len + 1] && str_is_made_of(text + len + 1, STR_DIGITS) &&
           strlen(text) <= 24;
}

const struct partition *partition_of(const char *region)
{
    for (size_t i = 0; i < countof(partitions); i++)
        if (str_starts(region, partitions[i].prefix) &&
            is_place(region + strlen(partitions[i].prefix)))
            return &partitions[i].partition;
    return strspn(region, STR_LOWER) == CONTINENT - 1 && region[CONTINENT - 1] == '-' &&
                   is_place(region + CONTINENT)
               ? &most
               : NULL;
}
