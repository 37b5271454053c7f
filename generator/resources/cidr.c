#include "resources/cidr.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

bool cidr_is(const char *text, long ipv4_bits, long ipv6_bits)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr bytes; /* room for both */
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : 0;
    if (!len || len >= sizeof address || strspn(slash + 1, STR_DIGITS) > 3 ||
        !str_is_made_of(slash + 1, STR_DIGITS))
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    bool v6 = strchr(address, ':');
    return inet_pton(v6 ? AF_INET6 : AF_INET, address, &bytes) == 1 &&
           strtol(slash + 1, NULL, 10) <= (v6 ? ipv6_bits : ipv4_bits);
}
