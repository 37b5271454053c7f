/* The regions of each partition, as botocore's partitions.json has them. */
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "settings/partition.h"

static void test_regions(void)
{
    static const struct {
        const char *region, *partition, *domain;
    } cases[] = {
        {"us-east-1", "aws", "amazonaws.com"},
        {"ap-southeast-10", "aws", "amazonaws.com"},
        {"mx-central-1", "aws", "amazonaws.com"},
        {"il-central-1", "aws", "amazonaws.com"},
        {"cn-north-1", "aws-cn", "amazonaws.com.cn"},
        {"cn-northwest-1", "aws-cn", "amazonaws.com.cn"},
        {"us-gov-west-1", "aws-us-gov", "amazonaws.com"},
        {"eusc-de-east-1", "aws-eusc", "amazonaws.eu"},
        {"us-iso-east-1", "aws-iso", "c2s.ic.gov"},
        {"us-isob-west-1", "aws-iso-b", "sc2s.sgov.gov"},
        {"eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"},
        {"us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const struct partition *partition = partition_of(cases[i].region);
        CHECK(partition && strcmp(partition->name, cases[i].partition) == 0);
        CHECK(partition && strcmp(partition->domain, cases[i].domain) == 0);
    }
}

static void test_no_regions(void)
{
    static const char *const wrong[] = {
        "",           "us",          "us-1",           "us-east",       "us-east-",    "us-east-1a",
        "US-EAST-1",  "us_east_1",   "-us-e-1",        "1us-e-1",       "us-east-1\n", "us-east-1 ",
        "us-gov-1-1", "usa-east-1",  "us-foo-west-1",  "cn-north",      "us-gov-west", "cn--1",
        "u-east-1",   "aws-global-", "eusc-fr-east-1", "us-east-1-1",   "us-iso-",     "us-",
        "us--1",      "global",      "us-gov-west-1.", "us-gov-west-x", "us-east-one",
    };
    for (size_t i = 0; i < countof(wrong); i++)
        CHECK(!partition_of(wrong[i]));
}

int main(void)
{
    test_regions();
    test_no_regions();
    return check_result();
}
