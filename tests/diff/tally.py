# What tests in Python count: one result a line that fails, and the sum at the end.
import sys

passed = failed = 0


def result(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAIL", what)


def equal(got, wanted, what):
    result(got == wanted, f"{what}:\n    got    {got}\n    wanted {wanted}")


def conclude():
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)
