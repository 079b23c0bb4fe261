# Counts what passed, failed and was skipped in JUnit files written by ctest. A test that prints a summary of its own
# (`N passed, N failed`, or doctest's) counts for as many as it says; any other counts for one.
# Prints: PASSED FAILED SKIPPED

function number_before(word, text,    at) {
    return match(text, "[0-9]+ " word) ? substr(text, RSTART, RLENGTH) + 0 : 0
}

/<testcase / {
    status = "run"
    if (match($0, /status="[a-z]+"/)) status = substr($0, RSTART + 8, RLENGTH - 9)
    summary = ""
}
/<skipped/ { status = /SKIP_RETURN_CODE/ ? "skipped" : "fail" } # else ctest could not start it
/\[doctest\] test cases:|[0-9]+ passed, [0-9]+ failed/ { summary = $0 }
/<\/testcase>/ {
    p = number_before("passed", summary); f = number_before("failed", summary); s = number_before("skipped", summary)
    if (p + f == 0) { p = status == "run"; f = s = 0 }
    if (status == "fail" && f == 0) f = 1 # it failed after its summary, or without one
    if (status == "skipped" || status == "disabled") { p = f = 0; s = 1 }
    passed += p; failed += f; skipped += s
}
END { print passed + 0, failed + 0, skipped + 0 }
