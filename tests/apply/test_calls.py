"""The number of `aws` processes of an apply does not depend on the number of lambdas."""
import collections
import unittest

import support

POLLS = "describe-stacks", "describe-stack-events", "describe-change-set"
NOTHING_MAX = 4  # processes of an apply that changes nothing


class Calls(support.Applied):
    def project(self, count, code=1):
        self.settings(f"""
            project: {self.name}
            code-bucket: {self.name}
            apps: [app]
            """)
        self.settings("lambdas:\n" + "".join(f"  fn{i}: {{code: one.py}}\n" for i in range(count)),
                      "app/settings.yml")
        support.write(self.folder, {
            "app/one.py": f"def handler(event, context): return {code}\n",
            "parameters/common.yml": "A: a\nB: '{{ stage }}'\n"})
        self.build()

    def counted(self, *arguments, command="apply", status=0):
        """Runs a command. Counts its calls by name, without polls, whose number depends on the time."""
        calls = self.record_aws()
        self.gordon(command, *arguments, status=status)
        self.all = calls()
        del self.environment["GORDON_TEST_AWS_LOG"]
        return collections.Counter(" ".join(call[:2]) for call in self.all if call[1] not in POLLS)

    def test_calls(self):
        """The first apply, an apply of new code, and one without changes; with two and with twenty lambdas."""
        found = []
        for count, bucket in (2, "few"), (20, "many"):
            self.name = bucket
            self.project(count)
            found.append([self.counted()])
            found[-1].append(self.counted())
            self.assertLessEqual(len(self.all), NOTHING_MAX)
            self.project(count, code=2)
            found[-1].append(self.counted(command="diff", status=25))
            found[-1].append(self.counted())
            self.gordon("delete", "--confirm")
        self.assertEqual(found[0], found[1])
        first, nothing, diff, code = found[0]
        self.assertEqual(first, {
            "cloudformation create-change-set": 2, "cloudformation execute-change-set": 2,
            "s3api list-object-versions": 2, "s3 cp": 1})
        self.assertEqual(nothing, {"s3api list-object-versions": 1})
        self.assertEqual(diff, {
            "s3api list-object-versions": 1, "s3 cp": 1, "cloudformation create-change-set": 1,
            "cloudformation delete-change-set": 1})
        self.assertEqual(code, {
            "cloudformation create-change-set": 1, "cloudformation execute-change-set": 1,
            "s3api list-object-versions": 2, "s3 cp": 1})


if __name__ == "__main__":
    unittest.main()
