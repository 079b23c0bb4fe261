// CLAIM: return ends the action block at once, not the session
// SPEC: 1.5
@@BEGIN { printf("a\n"); return; printf("b\n"); }
@@BEGIN { if (1) { if (1) return; } printf("c\n"); }
@@BEGIN { printf("d\n"); exit(); }
