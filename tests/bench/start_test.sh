#!/usr/bin/env bash
# How long a session takes to start that has all probes of SystemTap's networking tapset in one script: from exec until the
# program of -X runs, which is when all probes are enabled. Takes turns with a session of one probe, so that a busy machine
# hits both alike. Exit status 1: not even the fastest quarter of the starts is under the mark.
# usage: start_test.sh    PROBEVUE: the program; ROUNDS (40)
set -uo pipefail
cd "$(dirname "$0")/../.."
export PROBEVUE=${PROBEVUE:-build/release/probevue} ROUNDS=${ROUNDS:-40}
mark=150 # ms

# The tuples in the tables of docs/coming-from.md that stand for probes of the tapset.
mapfile -t tuples < <(perl -ne 'print "$1\n" if /^\| `(?:netdev|tcp|udp)\.[\w.]+` \|.*?`(\@\@net:[\w:]+)`/' docs/coming-from.md | sort -u)
((${#tuples[@]} == 29)) || { echo "the tapset has 29 probes, the page ${#tuples[@]}"; exit 1; }
all='' had=0
for tuple in "${tuples[@]}"; do
    said=$(timeout 20 "$PROBEVUE" -e "int n; $tuple { n++; } @@BEGIN { exit(); }" 2>&1)
    case $? in
        0) all+="$tuple { n[get_probe()]++; } " had=$((had + 1)) ;;
        3) echo "left out: $(head -n 1 <<<"$said")" ;;
        *) echo "$said"; exit 1 ;;
    esac
done
((had > 0)) || exit 77

ALL=$all HAD=$had MARK=$mark perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -e '
    use strict; use warnings;
    # Milliseconds until it runs, and those of the processor that its whole life takes.
    sub start {
        my ($text) = @_;
        my $begin = clock_gettime(CLOCK_MONOTONIC);
        my ($user, $system) = (times)[2, 3];
        my $id = open(my $out, "-|", $ENV{PROBEVUE}, "-X", "/bin/echo", "-A", "running", "-e", $text) or die "$!";
        my $line = <$out>;
        my $took = clock_gettime(CLOCK_MONOTONIC) - $begin;
        die "it did not start\n" unless defined $line && $line eq "running\n";
        kill("INT", $id);
        my @rest = <$out>;
        close($out) or die "it ended with $?\n";
        my ($user_after, $system_after) = (times)[2, 3];
        return ($took * 1e3, ($user_after + $system_after - $user - $system) * 1e3);
    }
    sub quartiles { my @one = sort { $a <=> $b } @_; map { $one[$#one * $_ / 4] } 1 .. 3 }
    my %text = (all => $ENV{ALL}, one => q{@@net:netdev:receive { n[get_probe()]++; }});
    my (%took, %processor);
    for my $round (1 .. $ENV{ROUNDS}) {
        for my $which (qw(all one)) {
            my ($wall, $cpu) = start($text{$which});
            push @{$took{$which}}, $wall;
            $processor{$which} += $cpu / $ENV{ROUNDS};
        }
    }
    for my $of (["$ENV{HAD} probes", "all"], ["1 probe", "one"]) {
        my ($name, $which) = @$of;
        printf "%-9s quartiles %5.1f %5.1f %5.1f ms until it runs, %5.1f ms of the processor a session\n", $name,
            quartiles(@{$took{$which}}), $processor{$which};
    }
    my ($fast) = quartiles(@{$took{all}});
    printf "mark: %s ms, %s\n", $ENV{MARK}, $fast < $ENV{MARK} ? "met" : "missed";
    exit($fast < $ENV{MARK} ? 0 : 1);
'
