/* iot.h - the kind `iot`: rules of AWS IoT Core whose messages call a lambda (AWS IoT Core
 * Developer Guide, "Rules for AWS IoT"). */
#ifndef CALLERS_IOT_H
#define CALLERS_IOT_H

extern const struct kind iot_kind;

#endif
