/* alb.h - the kind `alb`: requests to an Application Load Balancer that call a lambda (Elastic Load
 * Balancing User Guide for Application Load Balancers, "Lambda functions as targets"). */
#ifndef CALLERS_ALB_H
#define CALLERS_ALB_H

extern const struct kind alb_kind;

#endif
