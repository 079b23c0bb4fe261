// CLAIM: LIST_VALUE_SUM, AVG, MIN, MAX, COUNT choose what is printed of a list
// SPEC: 5.7
@@BEGIN { append(a["k"], 2); append(a["k"], 5); print(a); print(a, 0, LIST_VALUE_SUM); print(a, 0, LIST_VALUE_AVG); print(a, 0, LIST_VALUE_MIN | LIST_VALUE_MAX); print(a, 0, LIST_VALUE_COUNT); exit(); }
