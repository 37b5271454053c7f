#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "template/capability.h"

static void test_capabilities(void)
{
    static const struct {
        const char *template, *capabilities;
    } cases[] = {
        {"{'Resources': {'B': {'Type': 'AWS::S3::Bucket'}}}", NULL},
        {"{}", NULL},
        {"{'Resources': {'R': {'Type': 'AWS::IAM::Role', 'Properties': {}}}}",
         "['CAPABILITY_IAM']"},
        {"{'Resources': {'R': {'Type': 'AWS::IAM::Role', 'Properties': {'RoleName': 'r'}}}}",
         "['CAPABILITY_NAMED_IAM']"},
        {"{'Resources': {'P': {'Type': 'AWS::IAM::Policy', 'Properties': {'PolicyName': 'p'}}}}",
         "['CAPABILITY_IAM']"},
        {"{'Resources': {'P': {'Type': 'AWS::IAM::ManagedPolicy', 'Properties':"
         "{'ManagedPolicyName': {'Ref': 'Name'}}}}}",
         "['CAPABILITY_NAMED_IAM']"},
        {"{'Transform': 'AWS::LanguageExtensions', 'Resources': {'Fn::ForEach::Roles': ['N', ['A'],"
         "{'R${N}': {'Type': 'AWS::IAM::Role'}}]}}",
         "['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND']"},
        {"{'Transform': ['AWS::LanguageExtensions'], 'Resources': {}}",
         "['CAPABILITY_AUTO_EXPAND']"},
        {"{'Transform': ['AWS::Serverless-2016-10-31'], 'Resources': {}}",
         "['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND']"},
        {"{'Transform': [{'Name': 'OurMacro', 'Parameters': {}}]}",
         "['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']"},
        {"{'Resources': {'A': {'Type': 'T', 'Properties': {'Fn::Transform':"
         "{'Name': 'AWS::Include', 'Parameters': {}}}}}}",
         "['CAPABILITY_AUTO_EXPAND']"},
        {"{'Resources': {'S': {'Type': 'AWS::CloudFormation::Stack'}}}",
         "['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']"},
        {"{'Resources': {'S': {'Type': 'AWS::Serverless::Application'}}}",
         "['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']"},
        {"{'Resources': {'S': {'Type': 'AWS::CloudFormation::Stack', 'Properties':"
         "{'TemplateURL': {'Fn::Sub': 'https://${B}/S-1.json'}}}},"
         "'Metadata': {'Gordon': {'Templates': {'S-1.json': ''}}}}",
         NULL},
        {"{'Resources': {'S': {'Type': 'AWS::CloudFormation::Stack', 'Properties':"
         "{'TemplateURL': {'Fn::Sub': 'https://${B}/S-1.json'}}}},"
         "'Metadata': {'Gordon': {'Templates': {'S-1.json': 'CAPABILITY_IAM'}}}}",
         "['CAPABILITY_IAM']"},
        {"{'Resources': {'Fn::ForEach::S': ['N', ['A'], {'S${N}': {"
         "'Type': 'AWS::CloudFormation::Stack', 'Properties': {'TemplateURL': "
         "'https://b/S-1.json'}}}],"
         "'T': {'Type': 'AWS::CloudFormation::Stack', 'Properties': {'TemplateURL': "
         "'https://b/T-1.json'}}},"
         "'Metadata': {'Gordon': {'Templates': {'S-1.json': 'CAPABILITY_IAM',"
         "'T-1.json': 'CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND'}}}}",
         "['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']"},
        {"{'Resources': {'S': {'Type': 'AWS::CloudFormation::Stack', 'Properties':"
         "{'TemplateURL': 'https://elsewhere/other.json'}}},"
         "'Metadata': {'Gordon': {'Templates': {'S-1.json': ''}}}}",
         "['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct buf text = {0};
        buf_adds(&text, cases[i].template);
        for (char *c = text.data; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        json_t *template = json_loads(text.data, 0, NULL), *list = capabilities_of(template);
        char *said = list ? json_dumps(list, 0) : NULL;
        for (char *c = said; c && *c; c++)
            *c = *c == '"' ? '\'' : *c;
        if (!CHECK(!said == !cases[i].capabilities &&
                   (!said || strcmp(said, cases[i].capabilities) == 0)))
            fprintf(stderr, "  %s: %s\n", cases[i].template, said ? said : "none");
        free(said);
        json_decref(list);
        json_decref(template);
        buf_free(&text);
    }
}

int main(void)
{
    test_capabilities();
    return check_result();
}
