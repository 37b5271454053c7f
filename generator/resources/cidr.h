/* cidr.h - ranges of IP addresses (RFC 4632 and RFC 4291): 10.0.0.0/24, 2001:db8::/32. */
#ifndef RESOURCES_CIDR_H
#define RESOURCES_CIDR_H
#include <stdbool.h>

/* Whether a text is a range with at most so many bits, of an address of IPv4 or IPv6. */
bool cidr_is(const char *text, long ipv4_bits, long ipv6_bits);

#endif
