#include "check.h"
#include "resources/cidr.h"

int main(void)
{
    CHECK(cidr_is("192.0.2.0/24", 32, 128));
    CHECK(cidr_is("0.0.0.0/0", 32, 128));
    CHECK(cidr_is("192.0.2.1/32", 32, 128));
    CHECK(cidr_is("2001:db8::/32", 32, 128));
    CHECK(cidr_is("::/0", 32, 128));
    CHECK(cidr_is("::ffff:192.0.2.0/128", 32, 128));
    CHECK(!cidr_is("192.0.2.1/32", 31, 127));
    CHECK(!cidr_is("::/128", 31, 127));
    CHECK(!cidr_is("192.0.2.0/33", 32, 128));
    CHECK(!cidr_is("192.0.2/24", 32, 128));
    CHECK(!cidr_is("192.0.2.256/24", 32, 128));
    CHECK(!cidr_is("192.0.2.0", 32, 128));
    CHECK(!cidr_is("192.0.2.0/", 32, 128));
    CHECK(!cidr_is("192.0.2.0/+8", 32, 128));
    CHECK(!cidr_is("192.0.2.0/8 ", 32, 128));
    CHECK(!cidr_is("/24", 32, 128));
    CHECK(!cidr_is("", 32, 128));
    CHECK(!cidr_is(":::/24", 32, 128));
    CHECK(!cidr_is("2001:db8:1:2:3:4:5:6:7/32", 32, 128));
    CHECK(!cidr_is("1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/32", 32, 128));
    CHECK(!cidr_is("192.0.2.0/99999999999", 32, 128));
    return check_result();
}
