/* managed_policy.h - where AWS has its managed policies. */
#ifndef TEMPLATE_MANAGED_POLICY_H
#define TEMPLATE_MANAGED_POLICY_H

/* Returns the folder in the ARN of AWS's policy of this name, "service-role/" for
 * AWSLambdaVPCAccessExecutionRole, or "": most policies are in none. */
const char *managed_policy_folder(const char *name);

#endif
