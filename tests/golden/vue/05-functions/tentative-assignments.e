// CLAIM: append and assignments are not tentative
// SPEC: 5.11
__list l; int x;
@@BEGIN { start_tentative("a"); append(l, 4); x = 5; end_tentative("a"); discard_tentative("a"); printf("%lld %d\n", sum(l), x); exit(); }
