// CLAIM: the first assignment with a class prefix declares
// SPEC: 3.2
@@BEGIN { global:count = 5; auto:j = 0; auto:j += 2; printf("%d %d %d\n", count, auto:j, sizeof(count)); }
@@BEGIN { printf("%d\n", count); exit(); }
