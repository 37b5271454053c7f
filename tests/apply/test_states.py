"""All states of a stack, and stacks that change while apply runs."""
import os
import unittest

import support
import world

STEADY = "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", \
    "IMPORT_ROLLBACK_COMPLETE"
MOVING = "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", \
    "UPDATE_ROLLBACK_IN_PROGRESS", "IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_IN_PROGRESS"
CLEANING = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
STUCK = {
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name dev-states-p",
    "UPDATE_FAILED": "aws cloudformation rollback-stack --stack-name dev-states-p",
    "IMPORT_ROLLBACK_FAILED": "aws cloudformation rollback-stack --stack-name dev-states-p",
    "CREATE_FAILED": "aws cloudformation delete-stack --stack-name dev-states-p",
    "ROLLBACK_FAILED": "aws cloudformation delete-stack --stack-name dev-states-p",
    "DELETE_FAILED": "aws cloudformation delete-stack --stack-name dev-states-p",
}
# the states after these; an UPDATE_IN_PROGRESS may be rolled back
AFTER = {"CREATE_IN_PROGRESS": "CREATE_COMPLETE", "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
         "DELETE_IN_PROGRESS": "DELETE_COMPLETE", "ROLLBACK_IN_PROGRESS": "ROLLBACK_COMPLETE"}


class States(support.Project):
    FILES = {
        "settings.yml": """
            project: states
            code-bucket: states
            apps: [gordon.contrib.lambdas, app]
            """,
        "app/settings.yml": "lambdas: {one: {code: one.py}}\n",
        "app/one.py": "def handler(event, context):\n    return 1\n",
    }
    STACK = "dev-states-p"

    def setUp(self):
        super().setUp()
        self.world = world.World(os.path.join(self.folder, "world"))
        self.environment.update(GORDON_AWS=self.world.program,
                                GORDON_CACHE_DIR=os.path.join(self.folder, "cache"))
        self.build()

    def there(self, status, **more):
        """Makes the project's stack in this state, and deletes everything else."""
        def change(state):
            for what in "stacks", "sets", "events", "objects":
                state[what].clear()
            stack = world.new_stack(state, self.STACK, status)
            stack["Outputs"] = [{"OutputKey": "CodeBucket", "OutputValue": "bucket"}]
            stack.update(more)
            state["objects"]["bucket"] = []
        self.world.edit(change)
        self.world.plan()

    def finishes(self, command="apply", *arguments):
        run = self.gordon(command, *arguments)
        self.assertIn(self.world.statuses()[self.STACK], ("CREATE_COMPLETE", "UPDATE_COMPLETE"))
        self.assertEqual(self.world.read()["sets"], {})
        return run

    def test_large_template_without_code(self):
        """A template over 51,200 bytes is in the bucket, also if nothing else is uploaded."""
        self.settings("project: states\ncode-bucket: states\ncloudformation: fragment.yml\n")
        for text in "x", "y":
            self.settings(f"Resources: {{Big: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {text * 60000}}}}}}}\n",
                          "fragment.yml")
            self.build()
            self.assertRegex(self.gordon("apply").stdout, r"0002_r\.json \(cloudformation\)\n"
                             r"    ✓ 0002_r\.json \(\w+\)\n    (CREATE|UPDATE)_COMPLETE\n\Z")
            self.assertIn(text * 60000, self.world.stack("dev-states-r")["_body"])
            self.assertIn("no changes", self.gordon("apply").stdout.split("(cloudformation)")[2])

    def test_steady(self):
        for status in STEADY:
            with self.subTest(status):
                self.there(status)
                self.finishes()

    def test_never_made(self):
        for status in "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS":
            with self.subTest(status):
                self.there(status)
                self.finishes()

    def test_events_of_the_stack_before(self):
        """The events of a failed creation, which has no token, are not shown by the deletion."""
        self.there("ROLLBACK_COMPLETE")

        def events(state):
            stack = state.stack(self.STACK)
            state.event(stack, "CREATE_IN_PROGRESS", None)
            state.event(stack, "CREATE_FAILED", None, "Old", "of another time")
            state.event(stack, "ROLLBACK_COMPLETE", None)
        self.world.edit(events)
        self.world.plan(call="delete-stack", when="after", python="""
state = State(path)  # the first event of the deletion comes late
for events in state["events"].values():
    del events[0]
state.save()
""")
        run = self.finishes()
        self.assertIn("it is deleted and created again", run.stdout)
        self.assertNotIn("CREATE_FAILED", run.stdout + run.stderr)

    def test_another_stack_of_the_name(self):
        self.world.plan(call="execute-change-set", when="after", python=f"""
state = State(path)
stack = state.stack({self.STACK!r})
del stack["_goes"]
stack["StackStatus"] = "DELETE_COMPLETE"
other = new_stack(state, {self.STACK!r}, "CREATE_COMPLETE")
state.event(other, "CREATE_FAILED", None, "Other")
state.save()
""")
        run = self.gordon("apply", status=1)
        self.assertIn(f"stack {self.STACK}: somebody deleted it during the change", run.stderr)
        self.assertNotIn("CREATE_FAILED", run.stdout + run.stderr)

    def test_moving(self):
        for status in MOVING:
            with self.subTest(status):
                self.there(status)
                run = self.gordon("apply", status=14)
                self.assertIn(f"stack {self.STACK} is {status}: another operation changes it", run.stderr)
                self.assertNotIn("create-change-set", self.world.read()["calls"])

    def goes(self, status, looks=2):
        return {"_goes": {"kind": status.rsplit("_", 2)[0], "left": looks, "token": None}}

    def test_waited_for(self):
        """apply waits with --wait, and without it if the operation is one of Gordon's change sets."""
        ours = {"ChangeSetId": world.ARN + "changeSet/gordon-1-2-3/4"}
        for status in AFTER:
            for arguments, more in ((["--wait"], {}), ([], ours)):
                with self.subTest(status, arguments=arguments):
                    self.there(status, **self.goes(status), **more)
                    self.finishes("apply", *arguments)

    def test_deletion_of_ours(self):
        self.there("DELETE_IN_PROGRESS", **self.goes("DELETE_IN_PROGRESS"))
        self.world.edit(lambda state: state.event(state.stack(self.STACK), "DELETE_IN_PROGRESS",
                                                  "gordon-1-2-3"))
        self.finishes()

    def test_deletion_of_ours_fails(self):
        """The token of the deletion is unknown, so the last operation in the events counts."""
        self.there("DELETE_IN_PROGRESS",
                   _goes={"kind": "DELETE", "left": 3, "token": "gordon-1-2-3"})

        def events(state):
            stack = state.stack(self.STACK)
            state.event(stack, "UPDATE_FAILED", "before", "Old", "of another time")
            state.event(stack, "DELETE_FAILED", "gordon-1-2-3", "New", "it is in use")
        self.world.edit(events)
        self.world.plan(call="list-object-versions", when="after", python="""
state = State(path)
put(state["objects"]["bucket"], "late", b"", state)
state.save()
""")
        run = self.gordon("delete", "--confirm", status=1)
        self.assertIn("ended in DELETE_FAILED: New (AWS::X::Y) DELETE_FAILED: it is in use",
                      run.stderr)

    def test_taken_over(self):
        """Another user cancels the update. No event with Gordon's token has its end."""
        self.there("CREATE_COMPLETE")
        self.world.plan(call="describe-stack-events", when="after", looks=3, python=f"""
state = State(path)
stack = state.stack({self.STACK!r})
state.begin(stack, "UPDATE_ROLLBACK", "Console-CancelUpdateStack", 3)
state.save()
""")
        run = self.gordon("apply", status=1)
        self.assertIn(f"stack {self.STACK} ended in UPDATE_ROLLBACK_COMPLETE", run.stderr)

    def test_deleted_meanwhile(self):
        self.world.plan(call="describe-stack-events", when="after", looks=3, python=f"""
state = State(path)
state["stacks"].clear()
state.save()
""")
        run = self.gordon("apply", status=1)
        self.assertIn(f"stack {self.STACK}: somebody deleted it during the change", run.stderr)

    def test_cleaning(self):
        for status in CLEANING:
            with self.subTest(status):
                over = status[:-len("_CLEANUP_IN_PROGRESS")]
                self.there(status)
                self.world.plan(call="describe-stacks", when="after", python=f"""
state = State(path)
state.stack({self.STACK!r})["StackStatus"] = {over!r}
state.save()
""")
                self.finishes()

    def test_stuck(self):
        for status, help in STUCK.items():
            with self.subTest(status):
                self.there(status)
                run = self.gordon("apply", status=10)
                self.assertIn(f"stack {self.STACK} is {status}", run.stderr)
                self.assertIn(help, run.stderr)

    def test_unknown_state(self):
        """AWS may add states."""
        self.there("FROZEN_IN_PROGRESS")
        self.gordon("apply", status=14)
        self.there("FROZEN_FAILED")
        self.gordon("apply", status=10)
        self.there("FROZEN_COMPLETE")
        self.finishes()
        self.there("FROZEN")
        run = self.gordon("apply", status=10)
        self.assertIn("is FROZEN; this Gordon does not know that status", run.stderr)
        self.assertNotIn("delete-stack", run.stderr)

    def test_protected(self):
        for status in "ROLLBACK_COMPLETE", "CREATE_COMPLETE":
            with self.subTest(status):
                self.there(status, EnableTerminationProtection=True)
                command = ["apply"] if status == "ROLLBACK_COMPLETE" else ["delete", "--confirm"]
                run = self.gordon(*command, status=10)
                self.assertIn("aws cloudformation update-termination-protection", run.stderr)
                self.assertEqual(self.world.statuses(), {self.STACK: status})

    def test_delete_while_ours_goes_on(self):
        self.there("UPDATE_IN_PROGRESS", **self.goes("UPDATE_IN_PROGRESS"),
                   ChangeSetId=world.ARN + "changeSet/gordon-1-2-3/4")
        self.gordon("delete", "--confirm")
        self.assertEqual(self.world.statuses(), {})

    def moves_before(self, call, status="UPDATE_IN_PROGRESS"):
        """Plans that another operation changes the stack just before this call."""
        self.there("CREATE_COMPLETE")
        self.world.plan(call=call, when="before", python=f"""
state = State(path)
state.begin(state.stack({self.STACK!r}), {status.rsplit("_", 2)[0]!r}, "other", 2)
state.save()
state.lock.close()
""")

    def test_moves_meanwhile(self):
        for call in "create-change-set", "execute-change-set":
            with self.subTest(call):
                self.moves_before(call)
                run = self.gordon("apply", status=14)
                self.assertIn("another operation changes it: ", run.stderr)
                self.assertEqual(self.world.read()["sets"], {})
                self.moves_before(call)
                self.finishes("apply", "--wait")

    def test_made_meanwhile(self):
        """Another apply makes the stack first."""
        self.world.plan(call="create-change-set", when="before", python=f"""
state = State(path)
new_stack(state, {self.STACK!r}, "CREATE_COMPLETE")
state.save()
state.lock.close()
""")
        run = self.gordon("apply", status=14)
        self.assertIn("already exists", run.stderr)

    def test_stale(self):
        """AWS returns an old state for a while. It must not be taken for the end of the operation."""
        for looks in 3, 12:
            with self.subTest(looks):
                self.there("CREATE_COMPLETE")
                self.world.plan(stale=looks, looks=2)
                self.finishes()
                self.assertNotIn("_goes", self.world.stack(self.STACK))

    def test_outputs_changed_while_stale(self):
        """The next step gets the new outputs."""
        self.there("CREATE_COMPLETE", Outputs=[])
        self.world.plan(stale=2, looks=2)
        self.finishes()


if __name__ == "__main__":
    unittest.main()
