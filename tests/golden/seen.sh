#!/usr/bin/env bash
# Writes docs/seen.md: each probe, value and script of SystemTap's networking tapset and of DTrace's ip provider, what has
# it here (docs/coming-from.md), and the tests that read it there: live ones, and cases on recordings. A row without a test
# is an error.
# usage: tests/golden/seen.sh [--check]     --check: only say whether the page is up to date
set -euo pipefail
cd "$(dirname "$0")/../.."
page=docs/seen.md

# The rows of the table of coming-from.md under a heading that say where a value is: `probe` | `value` | `tuple` `expression`,
# and those that name a script.
write_page() {
    cat <<'HEAD'
# What SystemTap and DTrace see, and the tests that show it here

Each value of SystemTap's networking tapset and of DTrace's ip provider, what has it in Vue, and the tests that read it at that event: `live/` ones
with real sockets and devices, most of them in virtual machines with Linux 6.1, 6.12 and 6.18 too, `golden/` ones and `scripts/tests/` on recordings. Generated from the
tests by `tests/golden/seen.sh`.

| there | value | here | tests |
|---|---|---|---|
HEAD
    perl -e '
        use strict; use warnings;
        my %text;
        for my $file (glob("tests/live/*_test.cpp tests/live/*_test.sh"), split(/\n/, `find tests/golden/vue -name "*.e" | LC_ALL=C sort`)) {
            open(my $in, "<", $file) or die "$file: $!";
            local $/;
            $text{$file} = <$in>;
        }
        # Scripts of live tests may stand in headers that they include.
        for my $file (keys %text) {
            for my $header ($text{$file} =~ m{#include "(tests/live/[^"]+\.h)"}g) {
                open(my $in, "<", $header) or die "$header: $!";
                local $/;
                $text{$file} .= <$in>;
            }
        }
        sub shown { my ($file) = @_; $file =~ s{^tests/}{}; $file =~ s/\.e$//; "`$file`" }
        my ($section, $wrong) = ("", 0);
        open(my $in, "<", "docs/coming-from.md") or die;
        while (<$in>) {
            $section = $1 if /^## (\S+):/;
            next unless $section eq "SystemTap" || $section eq "DTrace";
            chomp; s/^\| // or next; s/ \|$//;
            my @cell = split(/ \| /);
            my @code = $cell[-1] =~ /`([^`]*)`/g;
            my (@tests, $value);
            if (@cell == 3 && @code == 2) {
                # By the name of the event, or of the pair that it is one end of where a test makes both tuples of it.
                (my $event = $code[0]) =~ s/^\@\@net://;
                (my $pair = $event) =~ s/:(entry|exit)$//;
                $value = $cell[1];
                my @variables = $code[1] =~ /(__\w+(?:->\w+)?|\b[a-z]\w+\()/g;
                for my $file (sort keys %text) {
                    next unless $text{$file} =~ /\b\Q$event\E\b/ || $text{$file} =~ /["\x27]\Q$pair\E["\x27]/;
                    push @tests, $file unless grep { index($text{$file}, $_) < 0 } @variables;
                }
            } elsif (@code == 1 && $code[0] =~ m{^scripts/([^/]+)\.e$}) {
                my $name = $1;
                $value = "";
                push @tests, grep { -e } "scripts/tests/$name.test";
                push @tests, grep { $text{$_} =~ /\b\Q$name\E\b/ } sort keys %text;
            } else { next }
            if (!@tests) { print STDERR "no test reads: $cell[0] $value $cell[-1]\n"; $wrong = 1 }
            my @live = grep { m{^tests/live} } @tests;
            my @golden = grep { m{^(tests/golden|scripts/tests)/} } @tests;
            splice(@live, 2) if @live > 2;
            splice(@golden, 1) if @golden > 1;
            print "| $cell[0] | $value | $cell[-1] | ", join(", ", map { shown($_) } @live, @golden), " |\n";
        }
        exit $wrong'
}

if [[ ${1:-} == --check ]]; then
    write_page | diff -q - "$page" >/dev/null || {
        echo "$page is out of date: run tests/golden/seen.sh"
        exit 1
    }
else
    write_page >"$page"
fi
